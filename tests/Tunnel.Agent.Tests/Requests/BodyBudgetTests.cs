using System.Net;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class BodyBudgetTests
{
    private readonly BodyBudget budget = new(1000);

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void TryReserve_OneCaller_GetsHalf(int bytes, bool isReserved)
    {
        budget.TryReserve(Person("a"), bytes).ShouldBe(isReserved);
        budget.UsedBytes.ShouldBe(isReserved ? bytes : 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void TryReserve_HoweverManyTakeAllTheyCan_AnotherIsServed(int greedy)
    {
        for (var i = 0; i < greedy; i++)
        {
            while (budget.TryReserve(Person($"greedy-{i}"), 1)) { }
        }

        budget.TryReserve(Person("honest"), 1).ShouldBeTrue();
    }

    [Fact]
    public void TryReserve_InParts_CountsTogether()
    {
        budget.TryReserve(Person("a"), 300).ShouldBeTrue();
        budget.TryReserve(Person("a"), 300).ShouldBeFalse();
        budget.TryReserve(Person("a"), 200).ShouldBeTrue();
        budget.TryReserve(Person("a"), 0).ShouldBeTrue();
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void TryReserve_WhatIsOptional_LeavesHalfToOthers(int bytes, bool isReserved)
    {
        budget.TryReserve(Person("a"), 200).ShouldBeTrue();

        budget.TryReserve(Person("b"), bytes, isOptional: true).ShouldBe(isReserved);
        budget.TryReserve(Person("c"), 250).ShouldBeTrue();
    }

    [Fact]
    public void Return_OfAll_LeavesNothing()
    {
        budget.TryReserve(Person("a"), 200).ShouldBeTrue();
        budget.TryReserve(Person("b"), 100).ShouldBeTrue();

        budget.Return(Person("a"), 200);
        budget.Return(Person("b"), 100);
        budget.Return(Person("c"), 0);

        budget.UsedBytes.ShouldBe(0);
        budget.TryReserve(Person("a"), 500).ShouldBeTrue();
    }

    private static ClientKey Person(string subject) => new("https://login.example.test", subject, IPAddress.None);
}
