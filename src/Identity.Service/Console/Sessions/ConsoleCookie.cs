using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>
/// The console's cookies: 256 random bits under a <c>__Host-</c> name, so that no neighbouring host and no plain
/// connection can set them. Everything else that a page needs is derived from that secret, none of it stored.
/// </summary>
internal sealed class ConsoleCookie
{
    /// <summary>Of a session.</summary>
    public const string Session = "__Host-culvert";

    /// <summary>Of a browser that signs in: ties its forms and the provider's answer to it.</summary>
    public const string SignIn = "__Host-culvert-sign-in";

    /// <summary>
    /// Of the admin key's session that was open when a person signed in with the identity provider, until that person has
    /// said whose key it is.
    /// </summary>
    public const string ProvenKey = "__Host-culvert-key";

    private const int SecretBytes = 32;

    private ConsoleCookie(string value) => Value = value;

    /// <summary>As the browser sends it. A secret.</summary>
    public string Value { get; }

    /// <summary>What the store knows it by.</summary>
    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Value));

    public static ConsoleCookie New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>The cookie of the request; null when there is none of our shape.</summary>
    public static ConsoleCookie? Of(HttpContext http, string name) =>
        http.Request.Cookies[name] is { Length: 43 } value && Base64Url.IsValid(value)
            ? new ConsoleCookie(value)
            : null;

    public static void Delete(HttpContext http, string name) => http.Response.Cookies.Delete(name, Attributes(null));

    /// <param name="http">The answer to set it in.</param>
    /// <param name="name">Which.</param>
    /// <param name="life">Null = until the browser ends.</param>
    public void Set(HttpContext http, string name, TimeSpan? life) =>
        http.Response.Cookies.Append(name, Value, Attributes(life));

    /// <summary>A value that only this cookie's holder and we can make; another one for every purpose.</summary>
    public string Derive(string purpose) => Base64Url.EncodeToString(DeriveKey(purpose));

    /// <summary>As <see cref="Derive"/>: 256 bits.</summary>
    public byte[] DeriveKey(string purpose) =>
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(Value), Encoding.UTF8.GetBytes(purpose));

    public bool Matches(string purpose, string? given) =>
        given is not null
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Derive(purpose)),
            Encoding.UTF8.GetBytes(given)
        );

    public override string ToString() => nameof(ConsoleCookie);

    // Lax, not Strict: the identity provider's redirect must still find it. What changes something is a POST with a token.
    private static CookieOptions Attributes(TimeSpan? life) =>
        new()
        {
            Path = "/",
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            IsEssential = true,
            MaxAge = life,
        };
}
