using Shouldly;

namespace Culvert.Documentation.Tests.Assertions;

public sealed class WeakAssertionTests
{
    [Fact]
    public void Tests_HaveNoWeakAssertion() =>
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

    [Theory]
    [InlineData("body.ShouldNotContain(\"abc\");", true)]
    [InlineData("body.ShouldNotContain(\"abc\", Case.Sensitive);", true)]
    [InlineData("body.ShouldNotContain(\"elevenchars\");", true)]
    [InlineData("body.ShouldNotContain(\"twelve-chars\");", false)]
    [InlineData("body.ShouldNotContain(\":8443\");", true)]
    [InlineData("body.ShouldNotContain(\"\\\"a\\\"\");", false)]
    [InlineData("body.ShouldNotContain(\" abc\");", false)]
    [InlineData("body.ShouldNotContain($\"{abc}\");", false)]
    [InlineData("body.ShouldContain(\"abc\");", false)]
    [InlineData("body.ShouldNotMatch(\"abc\");", true)]
    [InlineData("Assert.DoesNotContain(\"abc\", body);", true)]
    [InlineData("body.Contains(\"abc\").ShouldBeFalse();", true)]
    [InlineData("body.Contains(\"abc\").ShouldBeTrue();", false)]
    [InlineData("(!body.Contains(\"abc\")).ShouldBeTrue();", true)]
    [InlineData("lines.ShouldNotContain(line => line.Contains(\"abc\"));", true)]
    [InlineData("lines.ShouldNotContain(line => line == \"abc\");", false)]
    [InlineData("lines.ShouldAllBe(line => !line.Contains(\"abc\"));", true)]
    [InlineData("lines.ShouldAllBe(line => line.Contains(\"abc\"));", false)]
    [InlineData("lines.Where(line => line.Contains(\"abc\")).ShouldBeEmpty();", true)]
    [InlineData("lines.Where(line => !line.Contains(\"abc\")).ShouldBeEmpty();", false)]
    [InlineData("lines.Single(line => line.Contains(\"abc\")).ShouldNotContain(\"twelve-chars\");", false)]
    [InlineData("void A() { var mark = \"abc\"; body.ShouldNotContain(mark); }", true)]
    [InlineData("void A() { var mark = \"twelve-chars\"; body.ShouldNotContain(mark); }", false)]
    [InlineData("foreach (var mark in new[] { token, \"abc\" }) { body.ShouldNotContain(mark); }", true)]
    [InlineData("foreach (var mark in new[] { asked[\"abc\"] }) { body.ShouldNotContain(mark); }", false)]
    [InlineData("class A { const string Mark = \"abc\"; void B() => body.ShouldNotContain(Mark); }", true)]
    [InlineData("class A { [InlineData(1, \"abc\")] void B(int a, string b) => body.ShouldNotContain(b); }", true)]
    [InlineData("class A { [InlineData(\"abc\", 1)] void B(string a, string b) => body.ShouldNotContain(b); }", false)]
    public void In_MarkThatMustBeAbsent_IsFoundWhereChanceMayWriteIt(string source, bool isWeak) =>
        WeakAssertions.In("a.cs", source).Any().ShouldBe(isWeak);

    [Fact]
    public void In_Found_NamesFileAndLine() =>
        WeakAssertions.In("a.cs", "x();\nx?.Name.ShouldBe(1);").ShouldHaveSingleItem().ShouldStartWith("a.cs:2: ");
}
