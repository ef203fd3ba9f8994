using System.Text.Json;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Jose.Tests.Tokens;

public sealed class ClaimSetTests
{
    [Theory]
    [InlineData("\"x\"", ClaimKind.String)]
    [InlineData("1", ClaimKind.Number)]
    [InlineData("true", ClaimKind.Boolean)]
    [InlineData("false", ClaimKind.Boolean)]
    [InlineData("null", ClaimKind.Null)]
    [InlineData("[\"x\"]", ClaimKind.Array)]
    [InlineData("{\"x\":[{}]}", ClaimKind.Object)]
    public void TryFind_Value_KeepsTypeAndText(string json, ClaimKind kind)
    {
        var claims = Parse($$"""{"before":{"c":1},"c": {{json}} ,"after":[2]}""");

        claims.TryFind("c"u8, out var claim).ShouldBeTrue();
        claim.Kind.ShouldBe(kind);
        Encoding.UTF8.GetString(claim.Raw).ShouldBe(json);
    }

    [Fact]
    public void TryFind_NestedName_IsNotFound() =>
        Parse("""{"a":{"sub":"x"}}""").TryFind("sub"u8, out _).ShouldBeFalse();

    [Fact]
    public void TryFind_EscapedName_IsFound()
    {
        var claims = Parse("""{"\u0061ud":"1","s\u0075b":"x","y":"z"}""");

        claims.FindString("sub"u8).ShouldBe("x");
        claims.FindString("aud"u8).ShouldBe("1");
        claims.Names.ShouldBe(["aud", "sub", "y"]);
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("\"\\u0031\"")]
    public void StringEquals_Text_ComparesUnescaped(string json)
    {
        Find(json, out var claim);

        claim.StringEquals("1"u8).ShouldBeTrue();
        claim.StringEquals("2"u8).ShouldBeFalse();
        claim.ReadString().ShouldBe("1");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("[\"1\"]")]
    [InlineData("null")]
    public void StringEquals_OtherType_IsFalse(string json)
    {
        Find(json, out var claim);

        claim.StringEquals("1"u8).ShouldBeFalse();
        claim.ReadString().ShouldBeNull();
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("1300819380", 1_300_819_380L)]
    [InlineData("253402300799", 253_402_300_799L)]
    [InlineData("-0", 0L)]
    [InlineData("-0.0e5", 0L)]
    [InlineData("1.3e9", 1_300_000_000L)]
    [InlineData("1.3E+9", 1_300_000_000L)]
    [InlineData("0.0000013e15", 1_300_000_000L)]
    [InlineData("13000000000000e-4", 1_300_000_000L)]
    [InlineData("1300819380.000", 1_300_819_380L)]
    public void TryReadNumericDate_SecondsInRange_AreRead(string json, long expected)
    {
        Find(json, out var claim);

        claim.TryReadNumericDate(out var seconds).ShouldBeTrue();
        seconds.ShouldBe(expected);
        claim.TryReadNumericDateRoundedUp(out var up).ShouldBeTrue();
        up.ShouldBe(expected);
    }

    // RFC 7519 §2
    [Theory]
    [InlineData("1300819380.5", 1_300_819_380L)]
    [InlineData("1300819380.99999999999999999999999999999999999999999999", 1_300_819_380L)]
    [InlineData("1300819380.00000000000000000000000000000000000000000001", 1_300_819_380L)]
    [InlineData("1.3008193805e9", 1_300_819_380L)]
    [InlineData("13008193805e-1", 1_300_819_380L)]
    [InlineData("1e-400", 0L)]
    public void TryReadNumericDate_Fraction_NeverLastsLongerNorBeginsEarlier(string json, long expected)
    {
        Find(json, out var claim);

        claim.TryReadNumericDate(out var seconds).ShouldBeTrue();
        seconds.ShouldBe(expected);
        claim.TryReadNumericDateRoundedUp(out var up).ShouldBeTrue();
        up.ShouldBe(expected + 1);
    }

    [Fact]
    public void TryReadNumericDateRoundedUp_BeyondTheLastSecond_IsRefused()
    {
        Find("253402300799.5", out var claim);

        claim.TryReadNumericDate(out _).ShouldBeTrue();
        claim.TryReadNumericDateRoundedUp(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("253402300800")]
    [InlineData("-1")]
    [InlineData("-0.5")]
    [InlineData("2.6e11")]
    [InlineData("1e99999999999999999999")]
    [InlineData("1e400")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999999")]
    [InlineData("\"1300819380\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void TryReadNumericDate_Anything_Else_IsRefused(string json)
    {
        Find(json, out var claim);

        claim.TryReadNumericDate(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"a\"", StringListMatch.Found)]
    [InlineData("\"A\"", StringListMatch.NotFound)]
    [InlineData("\"a/\"", StringListMatch.NotFound)]
    [InlineData("[\"x\",\"a\"]", StringListMatch.Found)]
    [InlineData("[\"\\u0061\"]", StringListMatch.Found)]
    [InlineData("[]", StringListMatch.NotFound)]
    [InlineData("[\"x\",\"y\",\"z\",\"a\"]", StringListMatch.Malformed)]
    [InlineData("[\"a\",1]", StringListMatch.Malformed)]
    [InlineData("[[\"a\"]]", StringListMatch.Malformed)]
    [InlineData("{\"a\":\"a\"}", StringListMatch.Malformed)]
    [InlineData("1", StringListMatch.Malformed)]
    [InlineData("null", StringListMatch.Malformed)]
    public void FindInStringList_Value_GivesMatch(string json, StringListMatch expected)
    {
        Find(json, out var claim);

        claim.FindInStringList("a"u8, maxElements: 3).ShouldBe(expected);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(300)]
    [InlineData(1_300)]
    public void TryParse_AnyNumberOfMembers_IsBoundedByTheTextAlone(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":{i}"));

        Parse($"{{{members}}}").Count.ShouldBe(count);
        Parse($"{{\"a\":{{{members}}},\"0\":[1]}}").Names.ShouldBe(["a", "0"]);
        Refusal($"{{{members},\"\\u0030\":1}}").ShouldBe(JoseRefusal.DuplicateMember);
        Refusal($"{{{members},\"{count - 1}\":1}}").ShouldBe(JoseRefusal.DuplicateMember);
    }

    [Fact]
    public void TryParse_DepthAroundLimit_IsBounded()
    {
        Refusal(Nested(JoseLimits.MaxDepth)).ShouldBe(JoseRefusal.None);
        Refusal(Nested(JoseLimits.MaxDepth + 1)).ShouldBe(JoseRefusal.TooDeep);

        static string Nested(int levels) =>
            string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);
    }

    [Fact]
    public void TryParse_ShortestMembersAtEveryDepth_AreParsed()
    {
        // As many members as such a text can have: the table is sized by its length.
        for (var depth = 1; depth <= JoseLimits.MaxDepth; depth++)
        {
            var nested = string.Concat(Enumerable.Repeat("{\"\":", depth)) + "1" + new string('}', depth);

            Parse(nested).Count.ShouldBe(1);
        }

        Parse("""{"":{"":1,"a":{"":1,"b":2}},"c":{"":{"":{"":{"":{"":{"":1}}}}}}}""").Count.ShouldBe(2);
        ClaimSet
            .TryParse("""{"":{"":{"":{"":{"":{"":{"":{"":"""u8.ToArray(), out _)
            .ShouldBe(JoseRefusal.JsonMalformed);
        var tooDeep = string.Concat(Enumerable.Repeat("{\"\":", JoseLimits.MaxDepth)) + "{";
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(tooDeep), out _).ShouldBe(JoseRefusal.TooDeep);
    }

    [Fact]
    public void TryParse_SameNameInSiblings_IsNoDuplicate() =>
        Parse("""{"a":{"x":1,"y":[{"x":1},{"x":2}]},"x":{"a":1},"b":{"x":1}}""").Names.ShouldBe(["a", "x", "b"]);

    [Fact]
    public void TryParse_AnySerialisedObject_FindsEveryMember() =>
        Prop.ForAll<Dictionary<Guid, string>>(map =>
            {
                var bounded = map.ToDictionary(p => p.Key.ToString(), p => p.Value);
                var json = JsonSerializer.SerializeToUtf8Bytes(bounded);
                return ClaimSet.TryParse(json, out var claims) switch
                {
                    JoseRefusal.None => bounded.All(p => claims!.FindString(Encoding.UTF8.GetBytes(p.Key)) == p.Value),
                    JoseRefusal.TokenTooLarge => json.Length > JoseLimits.MaxTokenBytes,
                    _ => false,
                };
            })
            .CheckSeeded();

    private static void Find(string json, out Claim claim) =>
        Parse($$"""{"c":{{json}}}""").TryFind("c"u8, out claim).ShouldBeTrue();

    private static JoseRefusal Refusal(string json) => ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out _);

    private static ClaimSet Parse(string json)
    {
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims).ShouldBe(JoseRefusal.None);
        return claims!;
    }
}
