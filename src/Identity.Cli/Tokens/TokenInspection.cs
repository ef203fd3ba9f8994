using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Cli.Tokens;

/// <summary>
/// Decodes a JWT and lists what looks wrong, offline and without any key, so nothing is verified. The output contains
/// neither the token nor its signature.
/// </summary>
internal static class TokenInspection
{
    private const int MaxSubjectLength = 1024;
    private static readonly TimeSpan LongLife = TimeSpan.FromHours(24);

    public static JsonObject Inspect(string token, DateTimeOffset now)
    {
        var problems = new List<string>();
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            problems.Add(
                parts.Length == 5
                    ? "five parts: an encrypted token (JWE); only signed ones can be exchanged"
                    : $"{parts.Length} parts instead of three: this is not a JWT"
            );
        }

        var header = ReadObject(parts, 0, "header", problems);
        var claims = ReadObject(parts, 1, "claims", problems);
        if (
            problems.Count == 0
            && SignedToken.TryParse(Encoding.UTF8.GetBytes(token), out _) is var refusal
            && refusal != JoseRefusal.None
        )
        {
            problems.Add($"refused when it is parsed: {refusal}");
        }

        if (header is not null)
        {
            CheckHeader(header, problems);
        }

        if (claims is not null)
        {
            CheckNames(claims, problems);
            CheckTimes(claims, now, problems);
        }

        return new JsonObject
        {
            ["type"] = "token_inspection",
            ["header"] = header,
            ["claims"] = claims,
            ["times"] = claims is null ? null : FormatTimes(claims, now),
            ["signature"] = "not checked: this needs the issuer's keys",
            ["problems"] = WireJson.ToJsonArray(problems),
        };
    }

    private static JsonObject? ReadObject(string[] parts, int index, string what, List<string> problems)
    {
        if (index >= parts.Length)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[index])) as JsonObject ?? throw new JsonException();
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            problems.Add($"the {what} is not a base64url-encoded JSON object");
            return null;
        }
    }

    private static void CheckHeader(JsonObject header, List<string> problems)
    {
        var algorithm = header.Text("alg");
        if (algorithm is null || algorithm.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add("alg: the token is not signed");
        }
        else if (algorithm.StartsWith("HS", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"alg: {algorithm} is symmetric; an identity provider signs with a private key");
        }

        if (header.Text("kid") is null)
        {
            problems.Add("kid: absent; the issuer's record must allow that");
        }
    }

    private static void CheckNames(JsonObject claims, List<string> problems)
    {
        if (claims.Text("iss") is null)
        {
            problems.Add("iss: absent or no string");
        }

        if (claims.Text("sub") is not { Length: >= 1 and <= MaxSubjectLength })
        {
            problems.Add($"sub: a string of 1 to {MaxSubjectLength} characters is required");
        }

        switch (claims["aud"])
        {
            case null:
                problems.Add("aud: absent");
                break;
            case JsonArray several:
                problems.Add(
                    $"aud: a list of {several.Count}; a token for several services can be used by each at the others"
                );
                break;
            case JsonValue one when one.TryGetValue(out string? audience):
                if (Guid.TryParseExact(audience, "D", out _) || PlatformAudiences.Contains(audience))
                {
                    problems.Add(
                        "aud: this looks like the platform's default; request a token with this service's audience"
                    );
                }

                break;
            default:
                problems.Add("aud: neither a string nor a list");
                break;
        }
    }

    private static void CheckTimes(JsonObject claims, DateTimeOffset now, List<string> problems)
    {
        var seconds = now.ToUnixTimeSeconds();
        var (issued, expires, begins) = (Seconds(claims, "iat"), Seconds(claims, "exp"), Seconds(claims, "nbf"));
        if (expires is null)
        {
            problems.Add("exp: absent or no number of seconds");
        }
        else if (expires <= seconds)
        {
            problems.Add(Text($"exp: expired {seconds - expires} s ago by this machine's clock"));
        }

        if (issued is null)
        {
            problems.Add("iat: absent or no number of seconds");
        }
        else if (issued > seconds)
        {
            problems.Add(Text($"iat: {issued - seconds} s in the future by this machine's clock"));
        }

        if (begins > seconds)
        {
            problems.Add(Text($"nbf: {begins - seconds} s in the future by this machine's clock"));
        }

        if (expires - issued <= 0)
        {
            problems.Add("exp: not after iat");
        }
        else if (expires - issued > LongLife.TotalSeconds)
        {
            problems.Add(Text($"exp: the token's lifetime is {expires - issued} s, more than a day"));
        }
    }

    private static JsonObject FormatTimes(JsonObject claims, DateTimeOffset now)
    {
        var times = new JsonObject();
        foreach (var claim in new[] { "iat", "nbf", "exp" })
        {
            if (Seconds(claims, claim) is { } seconds)
            {
                times[claim] = Platform.Wire.UtcTimeConverter.FormatSecond(DateTimeOffset.FromUnixTimeSeconds(seconds));
            }
        }

        if (Seconds(claims, "exp") is { } expires)
        {
            times["seconds_left"] = expires - now.ToUnixTimeSeconds();
            if (Seconds(claims, "iat") is { } issued)
            {
                times["life_seconds"] = expires - issued;
            }
        }

        return times;
    }

    private static long? Seconds(JsonObject claims, string name) =>
        claims[name] is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && NumericDate.TryRead(Encoding.UTF8.GetBytes(value.ToJsonString()), out var seconds, out _)
            ? seconds
            : null;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
