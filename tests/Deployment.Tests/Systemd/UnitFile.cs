namespace Culvert.Deployment.Tests.Systemd;

/// <summary>A unit file's directives; a name may occur more than once.</summary>
internal sealed class UnitFile
{
    private readonly ILookup<string, string> directives;

    private UnitFile(ILookup<string, string> directives) => this.directives = directives;

    public static UnitFile Read(string unit) =>
        new(
            File.ReadLines(Repository.PathOf($"deploy/systemd/{unit}.service"))
                .Where(line => line.Contains('=') && !line.StartsWith('#'))
                .ToLookup(line => line[..line.IndexOf('=')], line => line[(line.IndexOf('=') + 1)..])
        );

    public string One(string name) => directives[name].ShouldHaveSingleItem();

    public IEnumerable<string> All(string name) => directives[name];
}
