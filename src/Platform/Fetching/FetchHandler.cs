using System.Net;

namespace Culvert.Platform.Fetching;

/// <summary>
/// The fetcher (S27) as a protocol library's transport: it decides which addresses may be reached and how long answers
/// may be. A refusal is a <see cref="FetchRefusedException"/>.
/// </summary>
/// <param name="fetcher">The fetcher that sends the requests.</param>
/// <param name="terms">The record on whose behalf it fetches. URL and content come from each request.</param>
public sealed class FetchHandler(SafeFetcher fetcher, FetchRequest terms) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var fetch = terms with
        {
            Url = request.RequestUri!.AbsoluteUri,
            Post = request.Content is { } content ? await PostOfAsync(request, content, cancellationToken) : null,
        };
        var fetched = await fetcher.FetchAsync(fetch, cancellationToken);
        return fetched.IsSuccess
            ? new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new ReadOnlyMemoryContent(fetched.Body),
            }
            : throw new FetchRefusedException(fetched.Detail);
    }

    private static async Task<FetchPost> PostOfAsync(
        HttpRequestMessage request,
        HttpContent content,
        CancellationToken cancellationToken
    ) =>
        new(
            await content.ReadAsByteArrayAsync(cancellationToken),
            content.Headers.ContentType?.ToString() ?? "",
            [
                .. request
                    .Headers.Where(header => header.Key != "Accept") // the terms set it
                    .Select(header => new KeyValuePair<string, string>(header.Key, string.Join(", ", header.Value))),
            ]
        )
        {
            WantsDocument = true,
        };
}
