namespace Culvert.Platform.Fetching;

/// <summary>What a fetch sends.</summary>
/// <param name="Body">The content.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Headers">Further headers of the request.</param>
public sealed record FetchPost(
    ReadOnlyMemory<byte> Body,
    string ContentType,
    IReadOnlyList<KeyValuePair<string, string>> Headers
)
{
    /// <summary>The answer is a document of <see cref="FetchRequest.MediaType"/>, and 200 the only success.</summary>
    public bool WantsDocument { get; init; }
}
