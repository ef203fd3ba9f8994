using Culvert.Identity.Service.Documentation;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

public sealed class MarkdownPageTests
{
    [Theory]
    [InlineData("# A `b` c!", "<h1 id=\"a-b-c\">A <code>b</code> c!</h1>\n")]
    [InlineData("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n")]
    [InlineData("a **b** *c* `d*` \\*", "<p>a <strong>b</strong> <em>c</em> <code>d*</code> *</p>\n")]
    [InlineData("[x](y.md#z)", "<p><a href=\"y.md#z\">x</a></p>\n")]
    [InlineData("[x](none)", "<p>x</p>\n")]
    [InlineData("<a id=\"here\"></a>x", "<p><span id=\"here\"></span>x</p>\n")]
    [InlineData("```sh\n<b> & \"\n```", "<pre><code class=\"language-sh\">&lt;b&gt; &amp; &quot;\n</code></pre>\n")]
    [InlineData("<!-- gone -->\nx", "<p>x</p>\n")]
    [InlineData("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n")]
    [InlineData("- a\n- b\n  c\n  - d", "<ul>\n<li>a</li>\n<li>b\nc\n<ul>\n<li>d</li>\n</ul>\n</li>\n</ul>\n")]
    [InlineData(
        "1. a\n\n   ```\n   x\n   ```\n\n2. b",
        "<ol>\n<li><p>a</p>\n<pre><code>x\n</code></pre>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"
    )]
    public void Render_OurSubset_IsHtml(string text, string html) =>
        MarkdownPage.Render(text, target => target == "none" ? null : target).Html.ShouldBe(html);

    [Fact]
    public void Render_Table_EscapedBarsStay() =>
        MarkdownPage
            .Render("| a | b |\n|---|---|\n| `x\\|y` | <i> |", target => target)
            .Html.ShouldContain("<td><code>x|y</code></td>\n<td>&lt;i&gt;</td>");

    [Fact]
    public void Render_SameHeadingTwice_HasTwoAnchors() =>
        MarkdownPage.Render("## A\n\n## A", target => target).Html.ShouldContain("id=\"a-1\"");
}
