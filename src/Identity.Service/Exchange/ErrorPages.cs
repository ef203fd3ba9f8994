using System.Collections.Frozen;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

/// <summary><c>GET /v1/oauth/errors/{error}</c>: the page that <c>error_uri</c> of an OAuth error links to.</summary>
internal sealed class ErrorPages
{
    // The key is the OAuth error; several error codes of the service may share one.
    private readonly FrozenDictionary<string, byte[]> pages = ErrorCatalogue
        .All()
        .Where(code => code.OAuthError is not null)
        .Append(ExchangeErrors.Busy)
        .Append(ExchangeErrors.Quota)
        .Append(ExchangeErrors.KeysUnavailable)
        .GroupBy(OAuthErrorBody.ToErrorName, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => Render(group.Key, group), StringComparer.Ordinal);

    public ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        pages.TryGetValue(request.Route("error"), out var page)
            ? new(ApiAnswer.Raw(page, "text/plain; charset=utf-8"))
            : new(RequestErrors.NotFound.Refuse());

    private static byte[] Render(string name, IEnumerable<ErrorCode> codes)
    {
        var text = new StringBuilder().AppendLine(name).AppendLine();
        foreach (var code in codes)
        {
            text.AppendLine(code.Meaning).AppendLine(code.Cause).AppendLine(code.NextStep).AppendLine();
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
