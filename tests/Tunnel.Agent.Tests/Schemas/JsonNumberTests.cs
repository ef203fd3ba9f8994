using System.Globalization;
using System.Numerics;
using System.Text;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

public sealed class JsonNumberTests
{
    [Theory]
    [InlineData("0", "-0", 0)]
    [InlineData("0", "0.000e99", 0)]
    [InlineData("1", "1.0", 0)]
    [InlineData("1", "0.1e1", 0)]
    [InlineData("100", "1E+2", 0)]
    [InlineData("1.05", "105e-2", 0)]
    [InlineData("12345678901234567890.5", "123456789012345678905e-1", 0)]
    [InlineData("0", "1e-999999999", -1)]
    [InlineData("0", "-1e-999999999", 1)]
    [InlineData("1", "1e400", -1)]
    [InlineData("-1", "-1e400", 1)]
    [InlineData("9", "10", -1)]
    [InlineData("0.9", "0.10", 1)]
    [InlineData("0.099", "0.1", -1)]
    [InlineData("-2", "-10", 1)]
    [InlineData("1.000000000000000000001", "1", 1)]
    public void CompareTo_IsThatOfTheNumbersWritten(string left, string right, int sign)
    {
        Compare(left, right).ShouldBe(sign);
        Compare(right, left).ShouldBe(-sign);
    }

    [Fact]
    public void CompareTo_AnyNumbers_AsBigIntegersDo()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var (left, right) = (AnyNumber(random), AnyNumber(random));

            Compare(left, right).ShouldBe(Scale(left).CompareTo(Scale(right)), $"{left} and {right}");
        }
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("-0.0", true)]
    [InlineData("1.0", true)]
    [InlineData("1.5e1", true)]
    [InlineData("1e-1", false)]
    [InlineData("1.5", false)]
    [InlineData("1e999999999", true)]
    public void IsWhole_IsOfTheValue(string text, bool isWhole)
    {
        JsonNumber.TryRead(Encoding.ASCII.GetBytes(text), out var number).ShouldBeTrue();

        number.IsWhole.ShouldBe(isWhole);
    }

    [Theory]
    [InlineData("1e1000000000")]
    [InlineData("1e-1000000000")]
    public void TryRead_ExponentBeyondAllMeasure_IsNone(string text) =>
        JsonNumber.TryRead(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void TryRead_LeadingZerosOfAnExponent_CountForNothing() => Compare("1e000000000002", "100").ShouldBe(0);

    private static int Compare(string left, string right)
    {
        JsonNumber.TryRead(Encoding.ASCII.GetBytes(left), out var l).ShouldBeTrue();
        JsonNumber.TryRead(Encoding.ASCII.GetBytes(right), out var r).ShouldBeTrue();
        return Math.Sign(l.CompareTo(r));
    }

    // Few digits and small exponents, so that many are equal or nearly so.
    private static string AnyNumber(Random random)
    {
        var whole = random.Next(3) == 0 ? "0" : random.Next(1, 120).ToString(CultureInfo.InvariantCulture);
        var fraction =
            random.Next(2) == 0
                ? ""
                : "." + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3)));
        var exponent = random.Next(2) == 0 ? "" : $"e{random.Next(-3, 4)}";
        return (random.Next(3) == 0 ? "-" : "") + whole + fraction + exponent;
    }

    private static BigInteger Scale(string text)
    {
        var parts = text.Split('e');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var places = point < 0 ? 0 : parts[0].Length - point - 1;
        return BigInteger.Parse(digits, CultureInfo.InvariantCulture) * BigInteger.Pow(10, 12 + exponent - places);
    }
}
