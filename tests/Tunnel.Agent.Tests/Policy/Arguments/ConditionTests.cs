using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Policy.Arguments;

/// <summary>Each condition against what attackers write: another type, another spelling, another number.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("const: 1", "1", true)]
    [InlineData("const: 1", "1.0", true)] // a number is what it means, however it is written
    [InlineData("const: 1", "10e-1", true)]
    [InlineData("const: 1", "0.1E+1", true)]
    [InlineData("const: 1", "1.00000000000000000000000000000000001", false)]
    [InlineData("const: 1", "\"1\"", false)]
    [InlineData("const: 1", "true", false)]
    [InlineData("const: 1", "[1]", false)]
    [InlineData("const: 1", "null", false)]
    [InlineData("const: 0", "-0", true)]
    [InlineData("const: 0", "-0.0e7", true)]
    [InlineData("const: 0", "1e-400", false)] // a double takes it for zero
    [InlineData("const: 9007199254740993", "9007199254740993", true)]
    [InlineData("const: 9007199254740993", "9007199254740992", false)] // the same double
    [InlineData("const: \"1\"", "1", false)]
    [InlineData("const: \"1\"", "\"1\"", true)]
    [InlineData("const: \"true\"", "true", false)]
    [InlineData("const: true", "true", true)]
    [InlineData("const: true", "false", false)]
    [InlineData("const: true", "\"true\"", false)]
    [InlineData("const: true", "1", false)]
    [InlineData("const: abc", "\"abc\"", true)]
    [InlineData("const: abc", "\"\\u0061bc\"", true)] // the same text
    [InlineData("const: abc", "\"ABC\"", false)]
    [InlineData("const: abc", "\"abc \"", false)]
    [InlineData("const: abc", "\"abc\\u0000\"", false)]
    [InlineData("const: \"\\u00e9\"", "\"e\\u0301\"", false)] // no normalisation
    [InlineData("const: abc", "\"\\ud800\"", false)]
    [InlineData("enum: [a, 2, false]", "\"a\"", true)]
    [InlineData("enum: [a, 2, false]", "2.0", true)]
    [InlineData("enum: [a, 2, false]", "false", true)]
    [InlineData("enum: [a, 2, false]", "\"2\"", false)]
    [InlineData("enum: [a, 2, false]", "true", false)]
    [InlineData("enum: [a, 2, false]", "{}", false)]
    public void Literals(string condition, string value, bool holds) =>
        Constraints.Holds(condition, value).ShouldBe(holds);

    [Theory]
    [InlineData("1e1", true)]
    [InlineData("200.0", true)]
    [InlineData("0.00", true)]
    [InlineData("-10", false)]
    [InlineData("15", false)]
    [InlineData("1e-1", false)]
    [InlineData("1e999999999", false)]
    [InlineData("\"10\"", false)]
    public void Enum_OfManyNumbers_ComparesTheirValues(string value, bool holds) =>
        Constraints
            .Holds($"enum: [{string.Join(", ", Enumerable.Range(0, 21).Select(i => 10 * i))}]", value)
            .ShouldBe(holds);

    [Theory]
    [InlineData("max: 100", "100", true)]
    [InlineData("max: 100", "1e2", true)]
    [InlineData("max: 100", "100.0000000000000000000000000001", false)]
    [InlineData("max: 100", "1e400", false)] // infinity to a double
    [InlineData("max: 100", "-1e400", true)]
    [InlineData("max: 100", "1e999999999", false)]
    [InlineData("max: 100", "1e-999999999999999999999", false)] // unclear
    [InlineData("max: 100", "\"5\"", false)]
    [InlineData("max: 100", "true", false)]
    [InlineData("max: 100", "[5]", false)]
    [InlineData("max: 100", "null", false)]
    [InlineData("below: 100", "100", false)]
    [InlineData("below: 100", "1e2", false)]
    [InlineData("below: 100", "99.9999999999999999999999999999", true)]
    [InlineData("below: 100", "\"5\"", false)]
    [InlineData("above: 0", "-0", false)]
    [InlineData("above: 0", "0e9", false)]
    [InlineData("above: 0", "1e-400", true)] // a double takes it for zero
    [InlineData("above: 9007199254740992", "9007199254740993", true)] // the same double
    [InlineData("above: 1, below: 3", "2", true)]
    [InlineData("above: 1, below: 3", "3.0", false)]
    [InlineData("min: 0", "-0", true)]
    [InlineData("min: 0", "-1e-400", false)]
    [InlineData("min: -5, max: -1", "-1", true)]
    [InlineData("min: -5, max: -1", "-0.99", false)]
    [InlineData("min: -5, max: -1", "-5.01", false)]
    [InlineData("min: 0.1", "0.1", true)]
    [InlineData("min: 0.1", "0.09999999999999999999", false)]
    [InlineData("min: 1, type: integer", "2.0", true)]
    [InlineData("min: 1, type: integer", "20e-1", true)]
    [InlineData("min: 1, type: integer", "2.5", false)]
    [InlineData("min: 1, type: integer", "25e-1", false)]
    public void Numbers(string condition, string value, bool holds) =>
        Constraints.Holds(condition, value).ShouldBe(holds);

    [Theory]
    [InlineData("type: string", "\"\"", true)]
    [InlineData("type: string", "1", false)]
    [InlineData("type: string", "null", false)]
    [InlineData("type: boolean", "false", true)]
    [InlineData("type: boolean", "0", false)]
    [InlineData("type: object", "{}", true)]
    [InlineData("type: object", "[]", false)]
    [InlineData("type: array", "[]", true)]
    [InlineData("type: array", "\"[]\"", false)]
    [InlineData("max_length: 2", "\"ab\"", true)]
    [InlineData("max_length: 2", "\"abc\"", false)]
    [InlineData("max_length: 2", "\"\\ud83d\\ude00\\ud83d\\ude00\"", true)] // two characters
    [InlineData("max_length: 2", "[1]", false)] // an array is not a short text
    [InlineData("max_length: 2", "\"\\ud800\"", false)]
    [InlineData("min_length: 1", "\"\"", false)]
    [InlineData("min_length: 1", "1", false)]
    [InlineData("type: array, max_length: 2", "[1,2]", true)]
    [InlineData("type: array, max_length: 2", "[1,2,3]", false)]
    [InlineData("type: array, max_length: 2", "\"a\"", false)]
    public void TypesAndLengths(string condition, string value, bool holds) =>
        Constraints.Holds(condition, value).ShouldBe(holds);

    [Theory]
    [InlineData("pattern: \"[a-z]+\"", "\"abc\"", true)]
    [InlineData("pattern: \"[a-z]+\"", "\"abc1\"", false)] // anchored
    [InlineData("pattern: \"[a-z]+\"", "\"1abc\"", false)]
    [InlineData("pattern: \"[a-z]+\"", "\"abc\\n\"", false)]
    [InlineData("pattern: \"[a-z]+$\"", "\"abc\\n\"", false)] // $ alone would overlook it
    [InlineData("pattern: \"a|b\"", "\"ax\"", false)] // both sides are anchored
    [InlineData("pattern: \"a|b\"", "\"xb\"", false)]
    [InlineData("pattern: \"[0-9]+\"", "\"\u0661\"", false)] // an Arabic digit
    [InlineData("pattern: \"[0-9]+\"", "12", false)]
    [InlineData("pattern: \"k\"", "\"\u212a\"", false)]
    [InlineData("pattern: \"[a-z]*\"", "\"\\udc00\"", false)]
    [InlineData("glob: \"docs/*\"", "\"docs/a\"", true)]
    [InlineData("glob: \"docs/*\"", "\"xdocs/a\"", false)]
    [InlineData("glob: \"*.txt\"", "\"a.txt\\n\"", false)]
    [InlineData("glob: \"a\"", "\"A\"", false)]
    [InlineData("glob: \"*\"", "1", false)]
    [InlineData("prefix: docs/", "\"docs/\"", true)]
    [InlineData("prefix: docs/", "\"\\u0064ocs/a\"", true)] // the same text
    [InlineData("prefix: docs/", "\"docs\"", false)]
    [InlineData("prefix: docs/", "\"Docs/a\"", false)]
    [InlineData("prefix: \"\\u00e9\"", "\"e\\u0301\"", false)] // no normalisation
    [InlineData("prefix: \"1\"", "12", false)]
    [InlineData("prefix: docs/", "[\"docs/a\"]", false)]
    public void Texts(string condition, string value, bool holds) =>
        Constraints.Holds(condition, value).ShouldBe(holds);

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("010.1.2.3", false)] // 8.1.2.3 to some
    [InlineData("10.01.2.3", false)]
    [InlineData("0xa.1.2.3", false)]
    [InlineData("10.1.515", false)]
    [InlineData("10.1", false)]
    [InlineData("167837955", false)]
    [InlineData("10.1.2.3.", false)]
    [InlineData("10.1.2.256", false)]
    [InlineData("10.1.2.", false)]
    [InlineData(" 10.1.2.3", false)]
    [InlineData("10.1.2.3\\n", false)]
    [InlineData("10.1.2.3/8", false)]
    [InlineData("10.1.2.3:80", false)]
    [InlineData("+10.1.2.3", false)]
    [InlineData("10.1.2.-3", false)]
    [InlineData("\uff11\uff10.1.2.3", false)] // full-width digits
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:DB8:0::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("2001:db8::1%eth0", false)]
    [InlineData("2001:db8::1%25eth0", false)]
    [InlineData("2001:db8::/32", false)]
    [InlineData("::ffff:10.1.2.3", false)] // mapped
    [InlineData("::ffff:0a01:0203", false)]
    [InlineData("::10.1.2.3", false)]
    [InlineData("0:0:0:0:0:ffff:0a01:0203", false)]
    [InlineData("64:ff9b::a01:203", false)]
    [InlineData("2002:0a01:0203::1", false)]
    [InlineData("2001:0:a01:203::1", false)]
    [InlineData("::1::", false)]
    [InlineData("", false)]
    public void Addresses(string text, bool holds) =>
        Constraints.Holds("cidr: [10.0.0.0/8, \"2001:db8::/32\"]", $"\"{text}\"").ShouldBe(holds);

    [Theory]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:0a01:0203")]
    [InlineData("64:ff9b::a01:203")]
    [InlineData("2002:0a01:0203::1")]
    [InlineData("::")]
    public void Addresses_ThatCarryIpv4_AreInNoRange(string text) =>
        Constraints.Holds("cidr: [\"::/0\"]", $"\"{text}\"").ShouldBeFalse();

    [Theory]
    [InlineData("https://api.example.com", true)]
    [InlineData("http://api.example.com/", true)]
    [InlineData("https://api.example.com/a/../b?x=1#y", true)]
    [InlineData("https://api.example.com:443/", true)]
    [InlineData("http://api.example.com:80/", true)]
    [InlineData("http://api.example.com:443/", false)]
    [InlineData("https://api.example.com:8443/", false)]
    [InlineData("https://api.example.com:0443/", false)]
    [InlineData("https://api.example.com:/", false)]
    [InlineData("https://api.example.com:443:80/", false)]
    [InlineData("https://API.example.com/", false)]
    [InlineData("HTTPS://api.example.com/", false)]
    [InlineData("https://api.example.com./", false)] // a final dot
    [InlineData("https://api.example.com@evil.test/", false)]
    [InlineData("https://evil.test@api.example.com/", false)]
    [InlineData("https://evil.test\\\\@api.example.com/", false)] // a backslash is a slash to browsers
    [InlineData("https://api.example.com\\\\.evil.test/", false)]
    [InlineData("https://api.example.com/\\\\..", false)]
    [InlineData("https://api.example.com#@evil.test/", false)] // evil.test to some
    [InlineData("https://api.example.com?@evil.test/", false)]
    [InlineData("https://api.example.com?x=1", false)]
    [InlineData("https://api.example.com/@evil.test/", true)]
    [InlineData("https://evil.test#@api.example.com/", false)]
    [InlineData("https://evil.test?@api.example.com/", false)]
    [InlineData("https://evil.test/https://api.example.com", false)]
    [InlineData("https://api.example.com.evil.test/", false)]
    [InlineData("https://xapi.example.com/", false)]
    [InlineData("https://api%2eexample.com/", false)]
    [InlineData("https://%61pi.example.com/", false)]
    [InlineData("https://api.example\u3002com/", false)] // an ideographic full stop
    [InlineData("https://\uff41pi.example.com/", false)]
    [InlineData("https://ap\u0131.example.com/", false)]
    [InlineData("https:///api.example.com/", false)]
    [InlineData("https:/api.example.com/", false)]
    [InlineData("https:api.example.com/", false)]
    [InlineData("//api.example.com/", false)]
    [InlineData("api.example.com", false)]
    [InlineData("ftp://api.example.com/", false)]
    [InlineData("javascript://api.example.com/%0aalert(1)", false)]
    [InlineData(" https://api.example.com/", false)]
    [InlineData("https://api.example.com/ ", false)]
    [InlineData("https://api.exa\\tmple.com/", false)] // WHATWG removes tabs
    [InlineData("ht\\ntps://api.example.com/", false)]
    [InlineData("https://api.example.com\\u0000.evil.test/", false)]
    [InlineData("https://evil.test;api.example.com/", false)]
    [InlineData("https://a.sub.example.org/", true)]
    [InlineData("https://b.a.sub.example.org/", true)]
    [InlineData("https://sub.example.org/", false)] // not itself
    [InlineData("https://asub.example.org/", false)]
    [InlineData("https://.sub.example.org/", false)]
    [InlineData("https://a..sub.example.org/", false)]
    [InlineData("https://box.example.net:8443/", true)]
    [InlineData("https://box.example.net/", false)]
    [InlineData("https://10.1.2.3/", true)]
    [InlineData("https://10.1.515/", false)]
    [InlineData("https://167837955/", false)]
    [InlineData("https://0x0a.1.2.3/", false)]
    [InlineData("https://010.1.2.3/", false)]
    [InlineData("https://[2001:db8::1]/", true)]
    [InlineData("https://[2001:db8::1]:443/", true)]
    [InlineData("https://[2001:DB8::1]/", false)]
    [InlineData("https://[2001:db8::0:1]/", false)]
    [InlineData("https://[::ffff:10.1.2.3]/", false)]
    [InlineData("https://[2001:db8::1%25a]/", false)]
    [InlineData("https://[2001:db8::1]evil.test/", false)]
    [InlineData("", false)]
    [InlineData("https://", false)]
    public void Hosts(string url, bool holds) =>
        Constraints
            .Holds(
                "hosts: [api.example.com, \"*.sub.example.org\", \"box.example.net:8443\", 10.1.2.3, \"[2001:db8::1]\"]",
                $"\"{url}\""
            )
            .ShouldBe(holds);

    [Theory]
    [InlineData("/srv/docs", true)]
    [InlineData("/srv/docs/", true)]
    [InlineData("/srv/docs/a b/\u00e9.txt", true)]
    [InlineData("/srv/docs/..a", true)]
    [InlineData("/srv/docs/.hidden", true)]
    [InlineData("/srv/docsx", false)]
    [InlineData("/srv/doc", false)]
    [InlineData("/SRV/docs/a", false)]
    [InlineData("srv/docs/a", false)]
    [InlineData("/srv/docs/../../etc/passwd", false)]
    [InlineData("/srv/docs/..", false)]
    [InlineData("/srv/docs/./a", false)]
    [InlineData("/srv/docs//a", false)]
    [InlineData("//srv/docs/a", false)]
    [InlineData("/srv//docs/a", false)]
    [InlineData("/srv/docs/a//", false)]
    [InlineData("/srv/docs/%2e%2e/etc", false)]
    [InlineData("/srv/docs/%2E./etc", false)]
    [InlineData("/srv/docs/..%2fetc", false)]
    [InlineData("/srv/docs/%252e%252e/etc", false)]
    [InlineData("/srv/docs/%c0%ae/etc", false)]
    [InlineData("/srv/docs/%u002e", false)]
    [InlineData("/srv/docs/..\\\\..\\\\etc", false)]
    [InlineData("/srv\\\\docs/a", false)]
    [InlineData("/srv/docs/a\\u0000.txt", false)]
    [InlineData("/srv/docs/a\\n", false)]
    [InlineData("/srv/docs/..;/a", false)] // servers in Java cut a part at a semicolon
    [InlineData("/srv/docs/..;x=1/a", false)]
    [InlineData("/srv/docs/.;/a", false)]
    [InlineData("/srv/docs/;/a", false)]
    [InlineData("/srv/docs/a;v=1", true)]
    [InlineData("/srv/docs/\u200B../a", false)]
    [InlineData("/srv/docs/.\u00AD./a", false)]
    [InlineData("/srv/docs/\u2060", false)]
    [InlineData("/srv/docs/.\u00A0./a", false)]
    [InlineData("/srv/docs/.. /a", false)] // Windows drops the blank
    [InlineData("/srv/docs/... /a", false)]
    [InlineData("/srv/docs/\uff0e\uff0e/etc", false)]
    [InlineData("/srv/docs/\u2025/etc", false)]
    [InlineData("/srv/docs/..\uff0fetc", false)]
    [InlineData("/srv/docs/a\u2100b", false)]
    [InlineData("file:///srv/docs/a", false)]
    [InlineData("~/srv/docs", false)]
    [InlineData(" /srv/docs/a", false)]
    [InlineData("", false)]
    public void Paths(string path, bool holds) =>
        Constraints.Holds("path_prefix: /srv/docs", $"\"{path}\"").ShouldBe(holds);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/etc/passwd", true)]
    [InlineData("//", false)]
    [InlineData("/..", false)]
    public void Paths_BelowTheRoot(string path, bool holds) =>
        Constraints.Holds("path_prefix: /", $"\"{path}\"").ShouldBe(holds);

    [Theory]
    [InlineData("all: {enum: [a, b]}", "[\"a\",\"b\"]", true)]
    [InlineData("all: {enum: [a, b]}", "[\"a\",\"c\"]", false)]
    [InlineData("all: {enum: [a, b]}", "[]", true)]
    [InlineData("all: {enum: [a, b]}", "\"a\"", false)]
    [InlineData("all: {enum: [a, b]}", "{\"0\":\"a\"}", false)]
    [InlineData("all: {enum: [a, b]}", "[[\"a\"]]", false)]
    [InlineData("any: {const: a}", "[\"b\",\"a\"]", true)]
    [InlineData("any: {const: a}", "[\"b\"]", false)]
    [InlineData("any: {const: a}", "[]", false)]
    [InlineData("any: {const: a}", "\"a\"", false)]
    [InlineData("type: array, min_length: 1, all: {type: string}", "[]", false)]
    [InlineData("all: {at: /to, hosts: [a.test]}", "[{\"to\":\"https://a.test/\"}]", true)]
    [InlineData("all: {at: /to, hosts: [a.test]}", "[{\"to\":\"https://a.test/\"},{}]", false)]
    [InlineData("all: {at: /to, hosts: [a.test]}", "[\"https://a.test/\"]", false)]
    [InlineData("all: {at: /to, optional: true, const: 1}", "[{},{\"to\":1}]", true)]
    [InlineData("all: {at: /to, forbidden: true}", "[{},{\"to\":1}]", false)]
    public void Elements(string condition, string value, bool holds) =>
        Constraints.Holds(condition, value).ShouldBe(holds);

    [Fact]
    public void Pattern_OverLongText_IsLinearAndBounded()
    {
        var longest = new string('a', 60_000);

        Constraints.Holds("pattern: \"(?:a|aa)+(?:a|aa)+b\"", $"\"{longest}\"").ShouldBeFalse();
        Constraints.Holds("pattern: \"a*\"", $"\"{longest}\"").ShouldBeTrue();
        Constraints.Holds("pattern: \"a*\"", $"\"{new string('a', 70_000)}\"").ShouldBeFalse();
        Constraints.Holds("glob: \"a*\"", $"\"{new string('a', 70_000)}\"").ShouldBeFalse();
    }
}
