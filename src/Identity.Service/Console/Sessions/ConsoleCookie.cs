using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>
/// The console's cookies: 256 random bits under a <c>__Host-</c> name, so that neither other hosts nor plain HTTP can set
/// them. All other values of a page are derived from this secret; none are stored.
/// </summary>
internal sealed class ConsoleCookie
{
    public const string Session = "__Host-culvert";

    /// <summary>The cookie of a browser that signs in: binds its forms and the provider's answer to it.</summary>
    public const string SignIn = "__Host-culvert-sign-in";

    /// <summary>
    /// The cookie of an admin key's session that was open when a person signed in with the identity provider, until the
    /// person has answered whether they own the key.
    /// </summary>
    public const string ProvenKey = "__Host-culvert-key";

    private const int SecretBytes = 32;

    private ConsoleCookie(string value) => Value = value;

    /// <summary>The value that the browser sends. A secret.</summary>
    public string Value { get; }

    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Value));

    public static ConsoleCookie New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>The cookie of the request; null if there is none in the expected form.</summary>
    public static ConsoleCookie? Find(HttpContext http, string name) =>
        http.Request.Cookies[name] is { Length: 43 } value && Base64Url.IsValid(value)
            ? new ConsoleCookie(value)
            : null;

    public static void Delete(HttpContext http, string name) => http.Response.Cookies.Delete(name, Attributes(null));

    /// <param name="life">Null = until the browser closes.</param>
    public void Set(HttpContext http, string name, TimeSpan? life) =>
        http.Response.Cookies.Append(name, Value, Attributes(life));

    /// <summary>
    /// A value that only the holder of this cookie and the service can compute; different for every purpose.
    /// </summary>
    public string Derive(string purpose) => Base64Url.EncodeToString(DeriveKey(purpose));

    /// <summary>Like <see cref="Derive"/>: 256 bits.</summary>
    public byte[] DeriveKey(string purpose) =>
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(Value), Encoding.UTF8.GetBytes(purpose));

    public bool Matches(string purpose, string? given) =>
        given is not null
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Derive(purpose)),
            Encoding.UTF8.GetBytes(given)
        );

    public override string ToString() => nameof(ConsoleCookie);

    // Lax, not Strict: the identity provider's redirect must still send it. Changes require a POST with a token.
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
