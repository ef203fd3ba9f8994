using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Http;

internal static class Credentials
{
    /// <summary>The longest accepted credential; issued tokens are far shorter.</summary>
    public const int MaxLength = 8 * 1024;

    private const string BearerScheme = "Bearer ";
    private const string DpopScheme = "DPoP ";

    public static bool ArePresent(HttpContext http) => Find(http.Request, out _) is not null;

    public static bool AreMentioned(HttpContext http) =>
        http.Request.Headers.Authorization.Count > 0 || http.Request.Headers["X-Api-Key"].Count > 0;

    /// <summary>The hash by which stores identify a credential.</summary>
    public static byte[] Hash(string credential) => SHA256.HashData(Encoding.UTF8.GetBytes(credential));

    /// <summary>The credential of the request; null if there is none, or two that differ.</summary>
    public static string? Find(HttpRequest request, out bool isDpopScheme)
    {
        var authorization = request.Headers.Authorization.ToString();
        isDpopScheme = authorization.StartsWith(DpopScheme, StringComparison.OrdinalIgnoreCase);
        var token =
            isDpopScheme ? authorization[DpopScheme.Length..].Trim()
            : authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
                ? authorization[BearerScheme.Length..].Trim()
            : "";
        var apiKey = request.Headers["X-Api-Key"].ToString();
        return (token, apiKey) switch
        {
            ({ Length: > 0 }, { Length: 0 }) => token,
            ({ Length: 0 }, { Length: > 0 }) => apiKey,
            ({ Length: > 0 }, { Length: > 0 }) when token == apiKey => token,
            _ => null,
        };
    }
}
