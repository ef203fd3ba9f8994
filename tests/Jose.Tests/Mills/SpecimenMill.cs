using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Refusals;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Mills;

/// <summary>
/// Makes tokens with the key sets to verify them: untouched ones, and ones with one mutation of
/// <see cref="Mutations"/>. Which ones, and how they are mutated, follows from the seed alone; the RSA keys are always the
/// same, the EC keys are new in each process.
/// </summary>
internal sealed class SpecimenMill(int seed)
{
    public const string Untouched = "untouched";

    private static readonly Lazy<ForgedKey[]> Keys = new(() =>
        [
            ForgedKey.Rsa("rsa-2048", TestKeys.Rsa()),
            ForgedKey.Rsa("rsa-2048-other", TestKeys.OtherRsa()),
            ForgedKey.Rsa("rsa-3072", TestKeys.Rsa(3072)),
            ForgedKey.Ec("p-256", ECCurve.NamedCurves.nistP256, "ES256"),
            ForgedKey.Ec("p-256-other", ECCurve.NamedCurves.nistP256, "ES256"),
            ForgedKey.Ec("p-384", ECCurve.NamedCurves.nistP384, "ES384"),
            ForgedKey.Ec("p-521", ECCurve.NamedCurves.nistP521, "ES512"),
        ]
    );

    private static readonly string[] Texts =
    [
        "",
        "repo:example/deployments:ref:refs/heads/main",
        "\"\\/\b\f\n\r\t",
        "grüße, 世界 \ud83d\ude00",
        "\u0000\u001f\u007f\u2028\ufeff",
        "null",
        "__proto",
    ];

    private static readonly IReadOnlyList<(string Name, Action<Draft> Apply)> All = Mutations.All;

    private readonly Random random = new(seed);
    private int made;

    /// <summary>The next one: every fourth is untouched, and each mutation has its turn.</summary>
    public Specimen Next()
    {
        var index = made++;
        return index % 4 == 0 ? Draft().Write(Untouched) : Make(All[index % All.Count]);
    }

    private Specimen Make((string Name, Action<Draft> Apply) mutation)
    {
        var draft = Draft();
        mutation.Apply(draft);
        return draft.Write(mutation.Name);
    }

    private Draft Draft()
    {
        var key = Pick(Keys.Value);
        var draft = new Draft(random, key, Pick(key.Algorithms)) { Claims = Claims() };
        draft.Keys.Add(key.Jwk);
        draft.Keys.AddRange(Keys.Value.Where(k => k != key && random.Next(3) == 0).Select(k => k.Jwk));
        return draft;
    }

    /// <summary>An object of up to twenty claims, none of which any verifier gives a meaning of time.</summary>
    private byte[] Claims()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = random.Next(4) == 0 }))
        {
            writer.WriteStartObject();
            writer.WriteString("iss", "https://idp.example.com");
            var count = random.Next(20);
            for (var i = 0; i < count; i++)
            {
                writer.WritePropertyName($"claim-{i}-{Pick(Texts)}");
                WriteValue(writer, depth: 2);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private void WriteValue(Utf8JsonWriter writer, int depth)
    {
        switch (random.Next(depth < JoseLimits.MaxDepth ? 8 : 6))
        {
            case 0:
                writer.WriteNumberValue(random.NextInt64());
                break;
            case 1:
                writer.WriteNumberValue(random.NextDouble() * 1e9);
                break;
            case 2:
                writer.WriteBooleanValue(random.Next(2) == 0);
                break;
            case 3:
                writer.WriteNullValue();
                break;
            case 6:
                writer.WriteStartArray();
                WriteValues(() => WriteValue(writer, depth + 1));
                writer.WriteEndArray();
                break;
            case 7:
                var name = 0;
                writer.WriteStartObject();
                WriteValues(() =>
                {
                    writer.WritePropertyName($"{name++}");
                    WriteValue(writer, depth + 1);
                });
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(Pick(Texts));
                break;
        }
    }

    private void WriteValues(Action write)
    {
        for (var left = random.Next(4); left > 0; left--)
        {
            write();
        }
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
