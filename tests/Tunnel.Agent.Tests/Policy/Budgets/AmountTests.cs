using System.Text;
using Culvert.Tunnel.Agent.Policy.Budgets;

namespace Culvert.Tunnel.Agent.Tests.Policy.Budgets;

public sealed class AmountTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0e99", "0")]
    [InlineData("1", "1")]
    [InlineData("1.50", "1.5")]
    [InlineData("0.1e1", "1")]
    [InlineData("12e3", "12000")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("1e-12", "0.000000000001")]
    [InlineData("99999999999999999999.999999999999", "99999999999999999999.999999999999")]
    public void TryRead_Number_IsExact(string json, string amount)
    {
        Amount.TryRead(Encoding.ASCII.GetBytes(json), out var read).ShouldBeTrue();

        read.ToString().ShouldBe(amount);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-1e-12")]
    [InlineData("100000000000000000000")]
    [InlineData("1e400")]
    [InlineData("1e-13")]
    [InlineData("0.1234567890123")]
    [InlineData("1e9999999999")]
    public void TryRead_WhatCannotBeAddedExactly_IsNone(string json) =>
        Amount.TryRead(Encoding.ASCII.GetBytes(json), out _).ShouldBeFalse();

    [Fact]
    public void Sum_OfTenths_IsExact()
    {
        Amount.TryRead("0.1"u8, out var tenth).ShouldBeTrue();

        Enumerable.Repeat(tenth, 10).Aggregate((a, b) => a + b).ToString().ShouldBe("1");
    }

    [Fact]
    public void DividedBy_RoundsDown()
    {
        Amount.TryRead("10"u8, out var ten).ShouldBeTrue();

        ten.DividedBy(3).ToString().ShouldBe("3.333333333333");
    }
}
