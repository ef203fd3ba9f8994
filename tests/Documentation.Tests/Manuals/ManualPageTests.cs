using Culvert.Documentation.Tests.CommandLines;
using Shouldly;

namespace Culvert.Documentation.Tests.Manuals;

/// <summary>The manual pages that packages and archives hold name every command and flag, in the programs' own words.</summary>
public sealed class ManualPageTests
{
    private const string Renew = "CULVERT_RENEW_DOCS";

    public static TheoryData<string> Programs => [.. ManualPage.All.Select(one => one.Program)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Page_IsWhatTheProgramSays(string program)
    {
        var (_, section, file) = ManualPage.All.Single(one => one.Program == program);
        var path = Repository.PathOf($"docs/man/{program}.{section}");
        var expected = ManualPage.Write(ProgramParsers.RootOf(program), program, section, file);
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        File.ReadAllText(path).ShouldBe(expected, $"run this test with {Renew}=1");
    }
}
