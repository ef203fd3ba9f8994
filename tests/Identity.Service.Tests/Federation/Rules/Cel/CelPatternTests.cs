using Culvert.Identity.Service.Federation.Rules.Cel;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Cel;

/// <summary>RE2's reading of patterns; a part of the text may match unless it is anchored.</summary>
public sealed class CelPatternTests
{
    [Theory]
    [InlineData("a", "xax", true)]
    [InlineData("^a", "xa", false)]
    [InlineData("a$", "ax", false)]
    // RE2 without flags: the very end, not before a last newline as .NET and Perl have it.
    [InlineData("^prod$", "prod\n", false)]
    [InlineData("^prod$", "prod\nevil", false)]
    [InlineData("^b$", "a\nb\nc", false)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("a.b", "a😀b", true)]
    [InlineData("^...$", "a😀b", true)]
    // An unbracketed alternative escapes its anchor: RE2 says so too, and the documentation warns.
    [InlineData("^a|b$", "xb", true)]
    [InlineData("^(a|b)$", "xb", false)]
    [InlineData("^(?:a|b)$", "b", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", true)]
    [InlineData("^$", "", true)]
    [InlineData("^$", "x", false)]
    [InlineData("a|", "x", true)]
    [InlineData("^a*$", "aaaa", true)]
    [InlineData("^a*?$", "aaaa", true)]
    [InlineData("^a+$", "", false)]
    [InlineData("^a?b$", "b", true)]
    [InlineData("^a{2}$", "aa", true)]
    [InlineData("^a{2}$", "aaa", false)]
    [InlineData("^a{2,}$", "aaaaa", true)]
    [InlineData("^a{2,3}$", "aaaa", false)]
    [InlineData("^a{0}$", "", true)]
    [InlineData("^(ab){2}$", "abab", true)]
    [InlineData("^(a*)*$", "aaaa", true)]
    [InlineData("^(a|b|ab)*c$", "abababc", true)]
    [InlineData("^[a-c]+$", "abc", true)]
    [InlineData("^[^a-c]+$", "abd", false)]
    [InlineData("^[^a]$", "\n", true)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData("^[^]a]$", "]", false)]
    [InlineData("^[a-]+$", "a-", true)]
    [InlineData("^[-a]+$", "a-", true)]
    [InlineData("^[\\d.]+$", "1.2", true)]
    [InlineData("^\\d+$", "12", true)]
    // ASCII alone, as RE2: no Arabic digits, no letters of other scripts.
    [InlineData("^\\d+$", "\u0661", false)]
    [InlineData("^\\w+$", "a_9", true)]
    [InlineData("^\\w+$", "ä", false)]
    [InlineData("^\\W$", "ä", true)]
    [InlineData("^\\s$", "\u00a0", false)]
    [InlineData("^\\s$", "\v", false)]
    [InlineData("^\\S$", "\v", true)]
    [InlineData("\\bprod\\b", "a:prod:b", true)]
    [InlineData("\\bprod\\b", "xprod", false)]
    [InlineData("\\Bprod", "xprod", true)]
    [InlineData("\\Aa\\z", "a", true)]
    [InlineData("a\\.b", "axb", false)]
    [InlineData("a\\/b\\-c", "a/b-c", true)]
    [InlineData("^[\\d-z]+$", "1-z", true)]
    [InlineData("[ä-ö]", "ö", true)]
    [InlineData("[😀-😂]", "😁", true)]
    [InlineData("}]", "}]", true)]
    [InlineData("É", "é", false)]
    public void IsMatch_Pattern_ReadsAsRe2(string pattern, string text, bool expected) =>
        Parse(pattern).IsMatch(text, new CelFrame(null, 0)).ShouldBe(expected);

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("a)(b")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[b-a]")]
    [InlineData("[a-\\d]")]
    [InlineData("[[:alpha:]]")]
    [InlineData("*")]
    [InlineData("a**")]
    [InlineData("a+{2}")]
    [InlineData("^*")]
    [InlineData("|+")]
    [InlineData("a{")]
    [InlineData("a{x}")]
    [InlineData("a{2,1}")]
    [InlineData("a{1001}")]
    [InlineData("a{1,2,3}")]
    [InlineData("{1}")]
    [InlineData("\\")]
    [InlineData("\\1")]
    [InlineData("(a)\\1")]
    [InlineData("\\p{L}")]
    [InlineData("\\Qa\\E")]
    [InlineData("\\Z")]
    [InlineData("\\C")]
    [InlineData("(?i)a")]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<n>a)")]
    [InlineData("(?P<n>a)")]
    [InlineData("(?>a)")]
    [InlineData("(((((((((((((((((a)))))))))))))))))")]
    public void TryParse_Unsupported_IsRefused(string pattern)
    {
        CelPattern.TryParse(pattern, out _, out var fault).ShouldBeFalse();
        fault.ShouldStartWith("the pattern, at character ");
    }

    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("a{998}", true)]
    [InlineData("a{1000}", false)]
    [InlineData("(a{100}){100}", false)]
    [InlineData("((((){1000}){1000}){1000}){1000}", true)]
    [InlineData("((a?){1000}){1000}", false)]
    public void TryParse_Size_IsBounded(string pattern, bool accepted) =>
        CelPattern.TryParse(pattern, out _, out _).ShouldBe(accepted);

    // A56: what takes a backtracking engine years ends here, with an answer or with the budget.
    [Theory]
    [Trait("Attack", "A56")]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^([a-z]+)*#$")]
    [InlineData("(.*)(.*)(.*)(.*)(.*)[0-9]")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(x+x+)+y")]
    [InlineData("(a|b)*a(a|b){20}$")]
    [InlineData("(a?){300}a{300}$")]
    public void IsMatch_CatastrophicPattern_EndsWithinTheBudget(string pattern)
    {
        var frame = new CelFrame(null, 0);

        Parse(pattern).IsMatch(new string('a', 4000) + "!", frame).ShouldNotBe(true);

        frame.StepsTaken.ShouldBeLessThan(CelLimits.MaxSteps + 1000);
    }

    [Theory]
    [InlineData("^repo:acme/", "repo:acme/")]
    [InlineData("^repo:acme/.*$", "repo:acme/")]
    [InlineData("^a\\.b[0-9]", "a.b")]
    [InlineData("repo:acme/", "")]
    [InlineData("^a|b", "")]
    [InlineData("^(a|b)", "")]
    [InlineData("^ab?", "a")]
    [InlineData("^ab*", "a")]
    [InlineData("^$", "")]
    public void AnchoredPrefix_Pattern_IsWhatEveryMatchBeginsWith(string pattern, string prefix) =>
        Parse(pattern).AnchoredPrefix.ShouldBe(prefix);

    private static CelPattern Parse(string text)
    {
        CelPattern.TryParse(text, out var pattern, out var fault).ShouldBeTrue(fault);
        return pattern;
    }
}
