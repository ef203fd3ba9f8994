using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Audit;

public sealed class RecordWriterTests : IDisposable
{
    private const int Records = 3000;

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    // Letters as in most records, all of ASCII, and what needs more than one byte, or is half a character.
    private static readonly string[] Alphabets =
    [
        "abcxyzABC019 -_./:",
        string.Concat(Enumerable.Range(0, 128).Select(i => (char)i)),
        "aé€ \u2028\U0001F600\uD800",
    ];

    private readonly Random random = new(11);
    private readonly RecordWriter writer = new("agent-1", "0.1.0-<x>", Key);

    [Fact]
    public void Write_AnyRecord_IsAsTheSerializerWritesIt()
    {
        for (var i = 0; i < Records; i++)
        {
            var record = AnyRecord();

            var written = Encoding.UTF8.GetString(writer.Write(record, keepsShapes: true));

            written.ShouldBe(SerializedRecord.Of(record, "agent-1", "0.1.0-<x>", HashOf));
        }
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("2026-11-23T08:15:30.1Z")]
    [InlineData("2026-11-23T08:15:30.1000001Z")]
    [InlineData("2026-11-23T08:15:30.0000001Z")]
    [InlineData("2026-11-23T23:59:59.9999999+02:00")]
    [InlineData("9999-12-31T23:59:59.1234567Z")]
    public void Write_Time_IsAsTheSerializerWritesIt(string text)
    {
        var time = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

        using var record = Parse(writer.Write("lost"u8, time, "records"u8, 1));

        record.RootElement.GetProperty("time").GetRawText().ShouldBe(JsonSerializer.Serialize(time.UtcDateTime));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0004, "0")]
    [InlineData(0.0005, "0")]
    [InlineData(0.0015, "0.002")]
    [InlineData(1.05, "1.05")]
    [InlineData(12.3, "12.3")]
    [InlineData(999.9996, "1000")]
    [InlineData(86400000.001, "86400000.001")]
    [InlineData(1e18, "1E+18")]
    public void Write_Duration_IsADecimalWithAThousandthAtMost(double milliseconds, string text)
    {
        var record = AuditScene.Record();
        record.DurationMs = milliseconds;

        using var written = Parse(writer.Write(record, keepsShapes: true));

        written.RootElement.GetProperty("duration_ms").GetRawText().ShouldBe(text);
    }

    [Fact]
    public void Write_WithoutShapes_KeepsTheHashAlone()
    {
        var record = AuditScene.Record();
        record.Arguments = """{"q":"x"}"""u8.ToArray();

        using var written = Parse(writer.Write(record, keepsShapes: false));

        written.RootElement.TryGetProperty("arguments", out _).ShouldBeFalse();
        written.RootElement.GetProperty("arguments_hash").GetString().ShouldBe(HashOf("""{"q":"x"}"""));
    }

    [Fact]
    public void Describe_BeforehandOrWithTheRecord_IsTheSame()
    {
        var record = AuditScene.Record();
        record.Arguments = """{"q":"x","n":[1,2]}"""u8.ToArray();
        var whole = writer.Write(record, keepsShapes: true).ToArray();

        (record.Described, record.Arguments) = (writer.Describe(record, keepsShapes: true), default);

        writer.Write(record, keepsShapes: true).ToArray().ShouldBe(whole);
    }

    [Theory]
    [InlineData(true, "", ",\"digest\":\"00ff\"")]
    [InlineData(false, "too_large", ",\"problem\":\"too_large\"")]
    public void Write_JudgedAnswer_HasItsNumbersAndItsDigestOrItsProblem(bool isSent, string problem, string end)
    {
        var record = AuditScene.Record();
        record.Answer = new CallAnswer(1, 2, 3, 4, isSent ? new byte[] { 0, 255 } : default, problem);

        using var written = Parse(writer.Write(record, keepsShapes: true));

        written
            .RootElement.GetProperty("answer")
            .GetRawText()
            .ShouldBe($"{{\"rows\":1,\"rows_removed\":2,\"fields_removed\":3,\"masked\":4{end}}}");
    }

    [Fact]
    public void Write_AnswerThatNoRuleJudged_HasNoMember()
    {
        using var written = Parse(writer.Write(AuditScene.Record(), keepsShapes: true));

        written.RootElement.TryGetProperty("answer", out _).ShouldBeFalse();
    }

    public void Dispose() => writer.Dispose();

    private static JsonDocument Parse(ReadOnlySpan<byte> members) =>
        JsonDocument.Parse("{" + Encoding.UTF8.GetString(members)[1..] + "}");

    private static string HashOf(string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(value)))[..32];

    private CallRecord AnyRecord() =>
        new()
        {
            Time = new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero),
            Route = Any(),
            Host = Any(),
            Connection = Any(),
            Trace = Any(),
            Era = Any(),
            Protocol = Any(),
            Session = Any(),
            Id = random.Next(2) == 0 ? default : "\"a\\u00e9\""u8.ToArray(),
            Method = Any(),
            Kind = Any(),
            Name = Any(),
            Mode = Any(),
            PolicyVersion = Any(),
            Decision = Any(),
            Rule = Any(),
            Reason = Any(),
            Issuer = Any(),
            Subject = Any(),
            ClientId = Any(),
            Scopes = [.. Enumerable.Range(0, random.Next(40)).Select(_ => Any())],
            Groups = [.. Enumerable.Range(0, random.Next(40)).Select(_ => Any())],
            Auth = Any(),
            Upstream = Any(),
            Credential = Any(),
            CredentialUse = random.Next(3) switch
            {
                0 => null,
                1 => new CredentialUse(Any()),
                _ => new CredentialUse(Any(), DateTimeOffset.UnixEpoch.AddTicks(random.NextInt64(1L << 59))),
            },
            Arguments = AnyArguments(),
            RequestBytes = random.Next(2) == 0 ? null : random.NextInt64(),
            ResponseBytes = random.NextInt64(long.MinValue, long.MaxValue),
            Status = random.Next(600),
            IsError = random.Next(3) switch
            {
                0 => null,
                1 => true,
                _ => false,
            },
            Hidden = random.Next(-1, 3),
            Answer = AnyAnswer(),
            AnswerShape = random.Next(2) == 0 ? default : "{\"\":{\"object\":1}}"u8.ToArray(),
            Failure = Any(),
            DurationMs = random.NextDouble() * Math.Pow(10, random.Next(-4, 20)),
            UpstreamMs = random.Next(2) == 0 ? null : random.Next() / 1000d,
            End = Any(),
        };

    private CallAnswer? AnyAnswer() =>
        random.Next(2) == 0
            ? null
            : new CallAnswer(
                Rows: random.NextInt64(),
                RowsRemoved: random.NextInt64(),
                FieldsRemoved: random.NextInt64(),
                Masked: random.NextInt64(),
                Digest: random.Next(2) == 0 ? default : SHA256.HashData(Key),
                Problem: Any()
            );

    private string Any()
    {
        var alphabet = Alphabets[random.Next(8) is var choice && choice < Alphabets.Length ? choice : 0];
        var length = random.Next(20) == 0 ? random.Next(505, 520) : random.Next(12);
        return string.Create(
            length,
            (alphabet, random),
            static (text, from) =>
            {
                foreach (ref var character in text)
                {
                    character = from.alphabet[from.random.Next(from.alphabet.Length)];
                }
            }
        );
    }

    private ReadOnlyMemory<byte> AnyArguments()
    {
        if (random.Next(3) == 0)
        {
            return default;
        }

        string[] values =
        [
            "\"value\"",
            "\"\\u00e9 é\"",
            "1.5e3",
            "true",
            "false",
            "null",
            "[1,[2,3],{\"a\":4}]",
            "{\"a\":[1],\"b\":{}}",
            "[]",
            "{}",
        ];
        var members = Enumerable
            .Range(0, random.Next(40))
            .Select(i =>
                JsonSerializer.Serialize($"{i}{Any().Replace('\uD800', 'x').ReplaceLineEndings("")}")
                + ":"
                + values[random.Next(values.Length)]
            );
        return Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}");
    }
}
