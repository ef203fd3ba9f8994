using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>A unit of systemd that a page or a unit's neighbour names is one that we ship, or that the page starts itself.</summary>
public sealed partial class UnitNameTests
{
    private static readonly IReadOnlySet<string> Shipped = Directory
        .EnumerateFiles(Repository.PathOf("deploy/systemd"), "*.service")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void Unit_OfAnyPage_IsShipped() =>
        Repository
            .Pages()
            .Concat(Directory.EnumerateFiles(Repository.PathOf("deploy"), "*.yaml", SearchOption.AllDirectories))
            .SelectMany(page => Unknown(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("systemctl restart tunnel-edge")]
    [InlineData("`systemctl enable --now identity-service`")]
    [InlineData("journalctl --unit culvert-agents --since today")]
    [InlineData("file:/run/credentials/culvert-service.service/culvert.database")]
    public void Unit_ThatDoesNotExist_IsFound(string text) => Unknown("page.md", text).Count().ShouldBe(1);

    [Theory]
    [InlineData("systemctl restart culvert-edge && tunnel-edge drain --resume")]
    [InlineData(
        "systemd-run --unit culvert-x.service -p LoadCredential=a:b c --set /run/credentials/culvert-x.service/a"
    )]
    [InlineData("`systemctl status` or `kubectl describe pod` shows it")]
    public void Unit_ThatIsShippedOrStarted_IsNot(string text) => Unknown("page.md", text).ShouldBeEmpty();

    private static IEnumerable<string> Unknown(string page, string text)
    {
        var started = Started().Matches(text).Select(match => match.Groups["unit"].Value).ToHashSet();
        return Used()
            .Matches(text)
            .Concat(Named().Matches(text))
            .Select(match => match.Groups["unit"].Value)
            .Where(unit => unit.Length > 0 && !Shipped.Contains(unit) && !started.Contains(unit))
            .Distinct()
            .Select(unit => $"{page}: {unit}");
    }

    [GeneratedRegex(
        @"\b(?:systemctl [a-z-]+|journalctl (?:-u|--unit))(?: --[a-z]+)* (?<unit>[a-z][a-z-]*[a-z])(?:\.service)?(?=[\s`]|$)"
    )]
    private static partial Regex Used();

    [GeneratedRegex(@"\b(?<unit>culvert-[a-z-]+)\.service\b")]
    private static partial Regex Named();

    [GeneratedRegex(@"systemd-run [^\n]*--unit (?<unit>[a-z-]+)\.service")]
    private static partial Regex Started();
}
