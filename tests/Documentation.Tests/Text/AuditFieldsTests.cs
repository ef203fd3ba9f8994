using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>The audit record is a contract: the page documents what the service writes.</summary>
public sealed partial class AuditFieldsTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/audit-fields.md"));

    [Fact]
    public void Event_ThatTheServiceWrites_IsInThePage()
    {
        var sources = ServiceSources().Select(File.ReadAllText).ToList();
        var undocumented = Constant()
            .Matches(sources.Single(s => s.Contains("class AuditEvents", StringComparison.Ordinal)))
            .Where(m =>
                sources.Any(s => s.Contains($"AuditEvents.{m.Groups["field"].Value}", StringComparison.Ordinal))
            )
            .Select(m => m.Groups["name"].Value)
            .Where(name => !IsInPage(name));

        undocumented.ShouldBeEmpty();
    }

    [Fact]
    public void Field_OfAnyEvent_IsInThePage()
    {
        var undocumented = ServiceSources()
            .Where(file => Path.GetFileName(file) is not "AuditEvent.cs")
            .Select(file => (File: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(s =>
                s.Text.Contains("override void WriteData(Utf8JsonWriter", StringComparison.Ordinal)
                || s.File.EndsWith("AuditData.cs", StringComparison.Ordinal)
            )
            .SelectMany(s => Member().Matches(s.Text).Select(m => (s.File, Name: m.Groups["name"].Value)))
            .Where(m => !Page.Contains($"`{m.Name}`", StringComparison.Ordinal))
            .Select(m => $"{m.Name} in {m.File}");

        undocumented.ShouldBeEmpty();
    }

    private static IEnumerable<string> ServiceSources() =>
        Repository
            .Sources()
            .Where(file => file.StartsWith(Repository.PathOf("src/Identity.Service"), StringComparison.Ordinal));

    /// <summary>Written out, or as one of a family: <c>a_b_created</c>, <c>…_updated</c>.</summary>
    private static bool IsInPage(string name) =>
        Page.Contains($"`{name}`", StringComparison.Ordinal)
        || Enumerable
            .Range(0, name.Length)
            .Where(i => name[i] == '_')
            .Any(i =>
                Page.Contains($"`…{name[i..]}`", StringComparison.Ordinal)
                && Page.Contains($"`{name[..i]}_created`", StringComparison.Ordinal)
            );

    [GeneratedRegex("const string (?<field>\\w+) = \"(?<name>[a-z_]+)\"")]
    private static partial Regex Constant();

    [GeneratedRegex("Write\\w*\\((?:json, )?\"(?<name>[a-z_]+)\"")]
    private static partial Regex Member();
}
