using System.Net.Http.Headers;
using System.Text.Json;
using Culvert.Jose.Json;

namespace Culvert.Platform.OAuth;

/// <summary>
/// A filter before the OAuth library, which would accept duplicate members, and answers of any depth and length. An
/// answer that is not one JSON object with unique members loses its content; one that is too long fails the request.
/// </summary>
public sealed class AnswerGate(HttpMessageHandler inner, int maxBytes, int maxDepth) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var answer = await base.SendAsync(request, cancellationToken);
        try
        {
            using var content = answer.Content;
            await content.LoadIntoBufferAsync(maxBytes, cancellationToken);
            var body = Utf8Text.WithoutMark(await content.ReadAsByteArrayAsync(cancellationToken));
            answer.Content = new ReadOnlyMemoryContent(IsObject(body) ? body : default);
            // With another media type or character set, the library would read other text than was checked.
            answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private bool IsObject(ReadOnlyMemory<byte> body)
    {
        try
        {
            return StrictJson.Parse(body, maxDepth).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
