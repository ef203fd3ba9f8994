using System.Text;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules.Conditions;

public sealed class ClaimPathTests
{
    private const string Claims = """
        {"sub":"a","repository_id":"74","kubernetes.io":{"namespace":"prod","serviceaccount":{"name":"default"}},
         "oidc.circleci.com/project-id":"p","https://sts.amazonaws.com/":{"org_id":"o-1","tags":[{"k":1}]},
         "a~b":{"c/d":true},"":{"":1},"n":null}
        """;

    // Every claim can be named, whatever characters its name has (RFC 6901 §5).
    [Theory]
    [InlineData("repository_id", "\"74\"")]
    [InlineData("/repository_id", "\"74\"")]
    [InlineData("/kubernetes.io/namespace", "\"prod\"")]
    [InlineData("/kubernetes.io/serviceaccount/name", "\"default\"")]
    [InlineData("oidc.circleci.com/project-id", "\"p\"")]
    [InlineData("/oidc.circleci.com~1project-id", "\"p\"")]
    [InlineData("/https:~1~1sts.amazonaws.com~1/org_id", "\"o-1\"")]
    [InlineData("/a~0b/c~1d", "true")]
    [InlineData("//", "1")]
    [InlineData("n", "null")]
    [InlineData("kubernetes.io.namespace", null)]
    [InlineData("kubernetes.io/namespace", null)]
    [InlineData("/https:~1~1sts.amazonaws.com~1/tags/0", null)]
    [InlineData("/sub/a", null)]
    [InlineData("/n/x", null)]
    [InlineData("Sub", null)]
    public void TryFind_Path_LeadsToItsClaimAlone(string path, string? expected) => Find(path).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("/a~")]
    [InlineData("/a~2")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/0/1/2/3/4/5/6")]
    [InlineData("a\n")]
    public void TryParse_Malformed_IsRefused(string path) => ClaimPath.TryParse(path, out _).ShouldBeFalse();

    [Theory]
    [InlineData("https://sts.amazonaws.com/", "/https:~1~1sts.amazonaws.com~1")]
    [InlineData("/a~01", "/a~01")]
    [InlineData("sub", "/sub")]
    public void Pointer_AnySpelling_IsOne(string text, string expected)
    {
        ClaimPath.TryParse(text, out var path).ShouldBeTrue();
        path.Pointer.ShouldBe(expected);
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void TryParse_Length_IsBounded(int length, bool accepted) =>
        ClaimPath.TryParse(new string('a', length), out _).ShouldBe(accepted);

    private static string? Find(string text)
    {
        ClaimPath.TryParse(text, out var path).ShouldBeTrue();
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(Claims), out var claims).ShouldBe(JoseRefusal.None);
        return path.TryFind(claims!, out var raw) ? Encoding.UTF8.GetString(raw) : null;
    }
}
