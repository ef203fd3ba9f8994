using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Reference;

/// <summary>docs/cli.md names every command and flag, in the program's own words.</summary>
public sealed class ReferencePageTests
{
    [Fact]
    public void Page_IsWhatTheProgramSays()
    {
        var path = CheckoutFolder.GetPath("docs/cli.md");
        var page = File.ReadAllText(path);
        var at = page.IndexOf(ReferencePage.Marker, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, "the page begins with words of its own");
        var rendered = page[..at] + ReferencePage.Render();
        if (Environment.GetEnvironmentVariable("CULVERT_RENEW_DOCS") == "1")
        {
            File.WriteAllText(path, rendered);
            return;
        }

        page.ShouldBe(rendered, "run this test with CULVERT_RENEW_DOCS=1");
    }
}
