namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>
/// Both forms of a GitHub subject: <c>repo:OWNER/REPO:CONTEXT</c> and, with ids that are never reassigned,
/// <c>repo:OWNER@OWNER_ID/REPO@REPO_ID:CONTEXT</c>. Parts are found by fixed delimiters from the start: the context may
/// contain anything, because its author names branches.
/// </summary>
internal readonly record struct GitHubSubject(
    string Owner,
    string? OwnerId,
    string Repository,
    string? RepositoryId,
    string Context
)
{
    private const string Prefix = "repo:";

    public bool IsImmutable => OwnerId is not null;

    public string Text =>
        IsImmutable
            ? $"{Prefix}{Owner}@{OwnerId}/{Repository}@{RepositoryId}:{Context}"
            : $"{Prefix}{Owner}/{Repository}:{Context}";

    public GitHubSubject Immutable(string ownerId, string repositoryId) =>
        this with
        {
            OwnerId = ownerId,
            RepositoryId = repositoryId,
        };

    public GitHubSubject Classic() => this with { OwnerId = null, RepositoryId = null };

    /// <summary>Parses a whole subject of either form; a mixture of both is refused.</summary>
    public static bool TryParse(string text, out GitHubSubject subject)
    {
        subject = default;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var slash = text.IndexOf('/', Prefix.Length);
        var colon = slash < 0 ? -1 : text.IndexOf(':', slash);
        if (
            colon < 0
            || colon == text.Length - 1
            || !TrySplit(text[Prefix.Length..slash], out var owner, out var ownerId)
            || !TrySplit(text[(slash + 1)..colon], out var repository, out var repositoryId)
            || ownerId is null != repositoryId is null
        )
        {
            return false;
        }

        subject = new GitHubSubject(owner, ownerId, repository, repositoryId, text[(colon + 1)..]);
        return true;
    }

    // GitHub's names contain no @.
    private static bool TrySplit(string part, out string name, out string? id)
    {
        var at = part.IndexOf('@', StringComparison.Ordinal);
        (name, id) = at < 0 ? (part, null) : (part[..at], part[(at + 1)..]);
        return name.Length > 0
            && !name.AsSpan().ContainsAny('/', ':')
            && (id is null || (id.Length > 0 && id.All(char.IsAsciiDigit)));
    }
}
