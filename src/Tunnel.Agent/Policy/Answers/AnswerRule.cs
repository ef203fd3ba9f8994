using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>The key <c>answer</c> of a rule: what of an answer the caller gets.</summary>
internal sealed record AnswerRule
{
    /// <summary>The default of <see cref="MaxBytes"/>.</summary>
    public const int DefaultBytes = 1 << 20;

    public IReadOnlyList<RowRule> Rows { get; init; } = [];

    /// <summary>The only values that cross; null: all values of the records that cross.</summary>
    public IReadOnlyList<AnswerPath>? Fields { get; init; }

    public IReadOnlyList<AnswerMask> Masks { get; init; } = [];

    /// <summary>What is masked in every text that crosses.</summary>
    public Detectors Detects { get; init; }

    public AnswerText Text { get; init; } = AnswerText.Derive;

    /// <summary>Content that crosses in addition to texts: <c>image</c>, <c>audio</c>, <c>resource</c>, <c>resource_link</c>, or a
    /// media type of a resource.</summary>
    public IReadOnlyList<string> Content { get; init; } = [];

    /// <summary>Whether the only text of an answer without a structured part is read as that part.</summary>
    public bool ReadsTextAsJson { get; init; }

    /// <summary>Whether an answer that cannot be judged becomes an empty finding, instead of an error.</summary>
    public bool DropsUnfit { get; init; }

    public bool PassesErrors { get; init; }

    /// <summary>Whether progress, logs and requests of the server cross while the call runs.</summary>
    public bool PassesNotifications { get; init; }

    /// <summary>The most bytes of one answer that are held.</summary>
    public int MaxBytes { get; init; } = DefaultBytes;

    /// <summary>Which findings wait for a person; null: none.</summary>
    public AnswerApproval? Approval { get; init; }

    /// <summary>The names of the claims that it compares.</summary>
    public IEnumerable<string> Claims =>
        Rows.SelectMany(r => r.Where?.Members ?? [])
            .Concat(Approval?.When?.Members ?? [])
            .SelectMany(m => m.Conditions)
            .SelectMany(c => c.Claims);

    /// <summary>The complete rule: the policy's version is computed from it.</summary>
    public override string ToString() =>
        string.Join(
            '\u0004',
            string.Join('\u0005', Rows),
            Fields is null ? "*" : string.Join('\u0005', Fields),
            string.Join('\u0005', Masks),
            $"{Detects} {Text} {ReadsTextAsJson} {DropsUnfit} {PassesErrors} {PassesNotifications} {MaxBytes}",
            string.Join('\u0005', Content)
        ) + (Approval is null ? "" : $"\u0004{Approval}");
}
