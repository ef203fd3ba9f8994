using Shouldly;

namespace Culvert.Documentation.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    private const string RenewVariable = "CULVERT_RENEW_DOCS";

    public static TheoryData<string> Programs => [.. ConfigurationFile.All.Select(file => file.Program)];

    /// <summary>To renew page and schemas, run this test with CULVERT_RENEW_DOCS=1.</summary>
    [Fact]
    public async Task Page_InTheRepository_IsWhatTheProgramsRead()
    {
        ShouldBeInTheRepository("docs/configuration-reference.md", await ConfigurationReferencePage.WriteAsync());
        foreach (var file in ConfigurationFile.All)
        {
            ShouldBeInTheRepository($"docs/schemas/{file.Program}.schema.json", await file.ReadSchemaAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Key_OfAProgram_HasMeaningUnitRangeDefaultAndChange(string program)
    {
        var keys = await Find(program).ReadKeysAsync();

        keys.Count.ShouldBeGreaterThan(10);
        keys.Where(key => !key.IsSection).SelectMany(FindMissing).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Meaning_OfAProgram_IsOfAKey(string program)
    {
        var file = Find(program);
        var known = (await file.ReadKeysAsync()).Select(key => key.Name).ToHashSet(StringComparer.Ordinal);

        file.Keys.Names.Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    private static ConfigurationFile Find(string program) =>
        ConfigurationFile.All.Single(file => file.Program == program);

    private static IEnumerable<string> FindMissing(ReferenceKey key)
    {
        if (key.Meaning.Length == 0 || !key.Meaning.EndsWith('.'))
        {
            yield return $"{key.Name}: no meaning";
        }

        if (key.Type.Length == 0)
        {
            yield return $"{key.Name}: no type";
        }

        if (key.Type == "whole_number" && (key.Unit.Length == 0 || key.Minimum.Length == 0 || key.Maximum.Length == 0))
        {
            yield return $"{key.Name}: no unit or range";
        }

        if (key.Type is "duration" or "size" && key.Minimum.Length == 0)
        {
            yield return $"{key.Name}: no range";
        }

        if (key.Type == "choice" && !key.Words.Any())
        {
            yield return $"{key.Name}: no words";
        }

        if (key.Default is null && !key.IsRequired && key.Type is not ("map" or "list" or "literal" or "json"))
        {
            yield return $"{key.Name}: neither a default nor required";
        }

        if (key.Change is not ("reload" or "restart"))
        {
            yield return $"{key.Name}: neither reload nor restart";
        }
    }

    private void ShouldBeInTheRepository(string path, string expected)
    {
        var file = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        (File.Exists(file) ? File.ReadAllText(file) : "").ShouldBe(
            expected,
            $"{path} is stale: {RenewVariable}=1 dotnet run --project tests/Documentation.Tests -- -class {GetType().FullName}"
        );
    }
}
