package io.flinklstm.jobs.record.json;

import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.FieldPath.Root;
import io.flinklstm.formula.FieldPath.Step;
import io.flinklstm.jobs.record.FieldTree;
import io.flinklstm.jobs.record.NumberText;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.Utf8Check;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values that a record has outside its value: in its key, in its headers, and the name of its
 * topic. Not thread-safe.
 */
public final class RecordContext implements ObservationDraft.Outside {

  /**
   * A text outside the value.
   *
   * @param root where it is
   * @param header the header's name, or null
   * @param text slots filled by the text itself
   * @param json the fields of the JSON in it
   */
  private record Place(Root root, @Nullable String header, List<Integer> text, FieldTree json) {

    boolean hasJson() {
      return json.hasParts() || json.hasPositions();
    }
  }

  private final List<Place> places = new ArrayList<>();
  private final JsonFields fields;
  private final NumberText number = new NumberText();

  private RecordContext(ObservationDraft draft) {
    fields = new JsonFields(draft);
  }

  /**
   * A draft that also reads what is outside the record's value.
   *
   * @param fields the fields of the model card, in its order
   * @throws IllegalArgumentException if a path or the condition cannot be used
   */
  public static ObservationDraft draft(List<String> fields, RecordFormat format) {
    ObservationDraft draft = new ObservationDraft(fields, format);
    RecordContext context = new RecordContext(draft);
    for (int slot = 0; slot < draft.slots.count(); slot++) {
      FieldPath path = draft.slots.path(slot);
      if (path != null && !path.isInValue()) {
        context.add(path, slot);
      }
    }
    if (!context.places.isEmpty()) {
      draft.readAlso(context);
    }
    return draft;
  }

  private void add(FieldPath path, int slot) {
    boolean inHeader = path.root() == Root.HEADER;
    Place place = place(path.root(), inHeader ? path.steps().get(0).name() : null);
    List<Step> steps = path.steps().subList(inHeader ? 1 : 0, path.steps().size());
    if (steps.isEmpty()) {
      place.text.add(slot);
    } else {
      place.json.at(steps).fill(slot);
    }
  }

  private Place place(Root root, @Nullable String header) {
    for (Place place : places) {
      if (place.root == root && (header == null || header.equals(place.header))) {
        return place;
      }
    }
    Place place = new Place(root, header, new ArrayList<>(), new FieldTree());
    places.add(place);
    return place;
  }

  @Override
  public void read(SourceRecord record, ObservationDraft draft) throws RejectedRecordException {
    for (Place place : places) {
      String what = place.header == null ? "record key" : "header " + place.header;
      if (place.root == Root.TOPIC) {
        fill(place, record.position().topic(), draft);
        continue;
      }
      byte[] bytes = place.root == Root.KEY ? record.key() : header(record, place.header);
      if (bytes != null) {
        read(place, bytes, what, draft);
      }
    }
  }

  private void read(Place place, byte[] bytes, String what, ObservationDraft draft)
      throws RejectedRecordException {
    try {
      fill(place, Utf8Check.decoded(bytes, what), draft);
      if (place.hasJson()) {
        fields.read(bytes, 0, bytes.length, place.json, null, what);
      }
    } catch (RejectedRecordException unusable) {
      draft.hold(unusable); // the condition may skip the record
    }
  }

  private void fill(Place place, String text, ObservationDraft draft)
      throws RejectedRecordException {
    for (int slot : place.text) {
      number.set(text.toCharArray(), 0, text.length());
      draft.text(slot, number);
    }
  }

  /** The value of the last header of a name, or null. */
  private static byte @Nullable [] header(SourceRecord record, @Nullable String name) {
    byte[] value = null;
    for (SourceRecord.Header header : record.headers()) {
      value = header.name().equals(name) ? header.value() : value;
    }
    return value;
  }
}
