using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Console.Sessions;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// One way to the provider and back. Nothing of it is stored: <c>state</c> carries a random number, the time, where to go
/// afterwards and whether the person may be asked, under a code that only this browser's cookie makes; nonce and PKCE
/// verifier come from the same cookie and number. So no stranger can fill a table, and every node can take the answer.
/// </summary>
internal sealed record SignInState(string Random, DateTimeOffset At, bool IsSilent, string Next)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public static SignInState New(DateTimeOffset now, bool isSilent, string next) =>
        new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), now, isSilent, next);

    /// <summary>As it travels.</summary>
    public string Protect(ConsoleCookie browser)
    {
        var body = Body();
        return $"{body}.{browser.Derive($"state {body}")}";
    }

    /// <summary>Null when it is not this browser's, or too old.</summary>
    public static SignInState? Read(string? state, ConsoleCookie browser, DateTimeOffset now)
    {
        if (
            state is not { Length: <= 2048 }
            || state.Split('.') is not [var random, var at, var silent, var next, var code]
            || !browser.Matches($"state {random}.{at}.{silent}.{next}", code)
        )
        {
            return null;
        }

        var read = new SignInState(
            random,
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, CultureInfo.InvariantCulture)),
            silent == "1",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(next))
        );
        return read.At + Life >= now ? read : null;
    }

    public string NonceFor(ConsoleCookie browser) => browser.Derive($"nonce {Random}");

    /// <summary>RFC 7636 §4.1: 43 characters of base64url.</summary>
    public string VerifierFor(ConsoleCookie browser) => browser.Derive($"verifier {Random}");

    private string Body() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Random}.{At.ToUnixTimeSeconds()}.{(IsSilent ? 1 : 0)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Next))}"
        );
}
