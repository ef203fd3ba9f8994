namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>What was removed from an answer: numbers only, never values.</summary>
internal record struct AnswerCounts
{
    /// <summary>Records that crossed.</summary>
    public long RowsCrossed { get; set; }

    /// <summary>Records that did not cross, because of a condition or of a maximum.</summary>
    public long RowsRemoved { get; set; }

    /// <summary>Values, texts and other content that did not cross. A removed object counts once.</summary>
    public long FieldsRemoved { get; set; }

    public long Masked { get; set; }

    public static AnswerCounts operator +(AnswerCounts one, AnswerCounts other) =>
        new()
        {
            RowsCrossed = one.RowsCrossed + other.RowsCrossed,
            RowsRemoved = one.RowsRemoved + other.RowsRemoved,
            FieldsRemoved = one.FieldsRemoved + other.FieldsRemoved,
            Masked = one.Masked + other.Masked,
        };
}
