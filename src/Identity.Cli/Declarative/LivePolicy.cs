namespace Culvert.Identity.Cli.Declarative;

/// <summary>The policy of one hostname of a tunnel as the service has it.</summary>
/// <param name="Active">The text in force; null: no version is.</param>
/// <param name="Drafts">Drafts that can be approved, the newest first.</param>
internal sealed record LivePolicy(string? Active, IReadOnlyList<(string Id, string Text)> Drafts)
{
    public static readonly LivePolicy None = new(null, []);

    public bool IsActive(string text) => Active is not null && AreSame(Active, text);

    /// <summary>The draft that has this text already; null: none has.</summary>
    public string? FindDraft(string text) =>
        Drafts.Where(draft => AreSame(draft.Text, text)).Select(draft => draft.Id).FirstOrDefault();

    // As everywhere in files: line breaks at the end mean nothing.
    private static bool AreSame(string one, string other) => one.TrimEnd('\n') == other.TrimEnd('\n');
}
