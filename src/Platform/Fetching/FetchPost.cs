namespace Culvert.Platform.Fetching;

/// <summary>The content that a fetch sends.</summary>
public sealed record FetchPost(
    ReadOnlyMemory<byte> Body,
    string ContentType,
    IReadOnlyList<KeyValuePair<string, string>> Headers
)
{
    /// <summary>The answer must be a document of <see cref="FetchRequest.MediaType"/> with status 200.</summary>
    public bool WantsDocument { get; init; }
}
