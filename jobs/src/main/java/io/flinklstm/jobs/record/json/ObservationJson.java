package io.flinklstm.jobs.record.json;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.ElementFrame;
import io.flinklstm.jobs.record.Elements;
import io.flinklstm.jobs.record.FieldTree;
import io.flinklstm.jobs.record.LevelReader;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.Utf8Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads observations from JSON records in UTF-8; unneeded fields are skipped. A record is one
 * object, or holds an array whose elements are observations.
 */
public final class ObservationJson implements ObservationReader, LevelReader.Format {

  private final ObservationDraft draft;
  private final FieldTree[] trees; // by level
  private final JsonFields fields;
  private final JsonOutline outline = new JsonOutline();
  private final LevelReader levels;

  /**
   * @param cardFields the fields of the model card, in its order
   * @param format the names and formats of the other fields
   * @throws IllegalArgumentException if a path or the condition cannot be used
   */
  public ObservationJson(List<String> cardFields, RecordFormat format) {
    draft = RecordContext.draft(cardFields, format);
    trees = FieldTree.byLevel(draft);
    fields = new JsonFields(draft);
    levels = new LevelReader(draft, this);
  }

  @Override
  public void read(SourceRecord record, Sink sink) {
    try {
      byte[] value = draft.begin(record, "JSON");
      if (value == null) {
        sink.skipped(record.position());
        return;
      }
      // The parser accepts some malformed sequences, and takes a zero byte for another encoding.
      Utf8Check.text(value, "value");
      levels.read(value, 0, ElementFrame.NONE, record, sink);
    } catch (RejectedRecordException e) {
      byte[] value = record.value();
      sink.rejected(
          value == null ? e.rejection() : explain(e.rejection(), value, 0, value.length), record);
    }
  }

  @Override
  public void read(byte[] document, int start, int end, int level, @Nullable Elements inside)
      throws RejectedRecordException {
    if (inside != null) {
      trees[level].forget();
    }
    fields.read(document, start, end, trees[level], inside, level == 0 ? "value" : "element");
  }

  @Override
  public ElementFrame frame(byte[] document, int start, int end, int level, ElementFrame outer)
      throws RejectedRecordException {
    return JsonFrame.of(trees[level], outer);
  }

  @Override
  public Rejection explain(Rejection rejection, byte[] document, int start, int end) {
    return outline.explain(rejection, document, start, end);
  }
}
