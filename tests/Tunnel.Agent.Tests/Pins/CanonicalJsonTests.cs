using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>The vectors of RFC 8785, and what has no canonical form.</summary>
public sealed class CanonicalJsonTests
{
    [Fact] // §3.2.2 and §3.2.3
    public void Write_TheExample_IsThatOfTheRfc() =>
        Canonical(
                """
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                  "literals": [null, true, false]
                }
                """
            )
            .ShouldBe(
                """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"""
            );

    [Fact] // §3.2.3
    public void Write_Members_AreInTheOrderOfTheirUtf16CodeUnits()
    {
        var written = Canonical(
            """{"\u20ac":"Euro","\r":"CR","\ufb33":"Dalet","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o"}"""
        );

        using var json = JsonDocument.Parse(written);
        json.RootElement.EnumerateObject()
            .Select(m => m.Value.GetString())
            .ShouldBe(["CR", "One", "Control", "o", "Euro", "Emoji", "Dalet"]);
    }

    [Theory] // appendix B
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Format_Double_IsThatOfEcmaScript(string bits, string expected) =>
        CanonicalNumber.Format(BitConverter.Int64BitsToDouble(Convert.ToInt64(bits, 16))).ShouldBe(expected);

    [Theory]
    [InlineData("9007199254740993", "9007199254740993e0")]
    [InlineData("9007199254740993.000", "9007199254740993e0")]
    [InlineData("-900719925474099300e-2", "-9007199254740993e0")]
    [InlineData("0.10000000000000000001", "10000000000000000001e-20")]
    [InlineData("1e-400", "1e-400")]
    [InlineData("9007199254740992", "9007199254740992")] // as without it where a double is the number
    [InlineData("1.50e2", "150")]
    [InlineData("-0", "0")]
    public void Write_ExactNumbers_HaveAllTheirDigits(string number, string expected)
    {
        using var document = JsonDocument.Parse(number);

        Encoding
            .UTF8.GetString(CanonicalJson.Write(document.RootElement, numbers: NumberForm.Exact))
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":{"b":1,"\u0062":2}}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("[1e999]")]
    public void Write_WhatReadersDisagreeOn_HasNoCanonicalForm(string json) =>
        Should.Throw<FormatException>(() => Canonical(json));

    [Fact]
    public void Write_LeftOutMembers_AreThoseAtThePathAlone() =>
        Canonical("""{"a":{"b":1,"c":2},"a/b":3}""", path => path == "/a/b").ShouldBe("""{"a":{"c":2},"a/b":3}""");

    private static string Canonical(string json, Predicate<string>? isLeftOut = null)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Write(document.RootElement, isLeftOut));
    }
}
