namespace Culvert.Identity.Cli.Declarative;

/// <summary>The service's policy of one hostname of a tunnel.</summary>
/// <param name="Active">The text in force; null: there is none.</param>
/// <param name="Drafts">Drafts that can be approved, newest first.</param>
internal sealed record LivePolicy(string? Active, IReadOnlyList<(string Id, string Text)> Drafts)
{
    public static readonly LivePolicy None = new(null, []);

    public bool IsActive(string text) => Active is not null && AreSame(Active, text);

    public string? FindDraft(string text) =>
        Drafts.Where(draft => AreSame(draft.Text, text)).Select(draft => draft.Id).FirstOrDefault();

    // Final line breaks are not significant, as everywhere in files.
    private static bool AreSame(string one, string other) => one.TrimEnd('\n') == other.TrimEnd('\n');
}
