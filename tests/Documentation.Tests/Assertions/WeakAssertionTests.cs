using Shouldly;

namespace Culvert.Documentation.Tests.Assertions;

public sealed class WeakAssertionTests
{
    [Fact]
    public void Tests_HaveNoAssertionThatPassesUnasked() =>
        Repository
            .TestSources()
            .SelectMany(file => WeakAssertions.In(Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("x?.Name.ShouldBe(1);", true)]
    [InlineData("x.Find(y => y.A)\n    ?.ToString()\n    .ShouldBe(1);", true)]
    [InlineData("x?[0].ShouldBe(1);", true)]
    [InlineData("x.A?.B?.C!.ShouldNotBeNull().D.E();", true)]
    [InlineData("x?.Get<int>().ShouldBe(1, because?.Text);", true)]
    [InlineData("(x?.Name).ShouldBe(1);", false)]
    [InlineData("x.ShouldBe(y?.Name);", false)]
    [InlineData("x?.Run(() => y.ShouldBe(1));", false)]
    [InlineData("// x?.Name.ShouldBe(1);", false)]
    [InlineData("await Should.ThrowAsync<Exception>(call);", true)]
    [InlineData("Should.Throw<System.Exception>(call);", true)]
    [InlineData("Assert.ThrowsAny<Exception>(call);", true)]
    [InlineData("call.ShouldThrow<Exception>();", true)]
    [InlineData("Should.Throw<IOException>(call);", false)]
    [InlineData("Prop.ForAll(a, b).QuickCheckThrowOnFailure();", true)]
    [InlineData("Prop.ForAll(a, b).CheckSeeded();", false)]
    public void In_Statement_IsFoundWhereItIsWeak(string statement, bool isWeak) =>
        WeakAssertions.In("a.cs", statement).Any().ShouldBe(isWeak);

    [Fact]
    public void In_Found_NamesFileAndLine() =>
        WeakAssertions.In("a.cs", "x();\nx?.Name.ShouldBe(1);").ShouldHaveSingleItem().ShouldStartWith("a.cs:2: ");
}
