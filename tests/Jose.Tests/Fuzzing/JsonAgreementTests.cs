using System.Text.Json;
using Culvert.Jose.Base64;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tests.Mills;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Tests.Fuzzing;

/// <summary>
/// Our reader of objects against the platform's: whatever one accepts the other does, but for what ours refuses beyond
/// RFC 8259, each by a name of its own.
/// </summary>
public sealed class JsonAgreementTests
{
    private const int Specimens = 3000;
    private const int MangledEach = 30;

    private static readonly JoseRefusal[] Stricter =
    [
        JoseRefusal.TokenTooLarge,
        JoseRefusal.TextInvalid,
        JoseRefusal.TooDeep,
        JoseRefusal.DuplicateMember,
        JoseRefusal.MemberNameForbidden,
        JoseRefusal.NotAnObject,
    ];

    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u0061",
        "\\ud83d\\ude00",
        "\\n",
        "\\x",
        "\"a\":",
        "\"b\":",
        "\"\"",
        "0",
        "01",
        "-",
        "-0",
        "1.5",
        "1.",
        "1e400",
        "1E+",
        "null",
        "true",
        "fals",
        " ",
        "\t",
        "\u00e9",
        "\0",
        "\u007f",
    ];

    [Fact]
    public void TryParse_MangledObjects_AgreesWithThePlatform()
    {
        var seed = Soak.SeedOr(11);
        var random = new Random(seed);
        var mill = new SpecimenMill(seed);
        for (var i = 0; i < Specimens / 10; i++)
        {
            var claims = ClaimsOf(mill.Next().Token);
            for (var j = 0; j < MangledEach; j++)
            {
                Compare(j == 0 ? claims : Mutations.Mangle(random, claims), seed);
            }
        }
    }

    [Fact]
    public void TryParse_PiecesOfJson_AgreesWithThePlatform()
    {
        var seed = Soak.SeedOr(12);
        var random = new Random(seed);
        for (var i = 0; i < Specimens * MangledEach; i++)
        {
            var inner = string.Concat(
                Enumerable.Range(0, random.Next(8)).Select(_ => Pieces[random.Next(Pieces.Length)])
            );
            Compare(Encoding.UTF8.GetBytes(random.Next(3) == 0 ? inner : $"{{\"c\":{inner}}}"), seed);
        }
    }

    private static void Compare(byte[] json, int seed)
    {
        var refusal = ClaimSet.TryParse(json, out var claims);
        if (Array.IndexOf(Stricter, refusal) >= 0)
        {
            return;
        }

        var theirs = Platform(json);
        (refusal == JoseRefusal.None).ShouldBe(
            theirs is not null,
            $"seed {seed}: {refusal} {Convert.ToBase64String(json)}"
        );
        if (claims is not null)
        {
            claims
                .Names.Select(name => (name, Raw(claims, name)))
                .ShouldBe(theirs!, $"seed {seed}: {Convert.ToBase64String(json)}");
        }
    }

    private static string Raw(ClaimSet claims, string name)
    {
        claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim).ShouldBeTrue();
        return Encoding.UTF8.GetString(claim.Raw);
    }

    private static List<(string, string)>? Platform(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(m => (m.Name, m.Value.GetRawText()))]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The middle segment, if there is one that is base64url.
    private static byte[] ClaimsOf(byte[] token)
    {
        var segments = Encoding.Latin1.GetString(token).Split('.');
        return (segments.Length > 1 ? CanonicalBase64Url.Decode(segments[1]) : null) ?? "{}"u8.ToArray();
    }
}
