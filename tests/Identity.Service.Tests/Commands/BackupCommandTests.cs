using System.CommandLine;
using Culvert.Identity.Service.Commands;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Commands;

/// <summary>What <c>identity-service backup</c> takes, and which files of a folder it removes.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-backups-").FullName;

    [Theory]
    [InlineData("--out a", true)]
    [InlineData("--out -", true)]
    [InlineData("--folder f", true)]
    [InlineData("--folder f --keep 1", true)]
    [InlineData("", false)]
    [InlineData("--out a --folder f", false)]
    [InlineData("--out a --keep 1", false)]
    [InlineData("--folder f --keep 0", false)]
    public void CommandLine_IsTaken_OnlyWithOneTarget(string arguments, bool isTaken) =>
        ServiceCommand
            .Create()
            .Parse(["backup", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
            .Errors.Any()
            .ShouldBe(!isTaken);

    [Fact]
    public void RemoveOldest_FilesOfItsOwn_KeepsTheNewest()
    {
        var start = new DateTimeOffset(2026, 12, 31, 23, 59, 58, TimeSpan.Zero);
        var names = Enumerable.Range(0, 4).Select(i => BackupCommand.NameAt(start.AddSeconds(i))).ToList();
        names.Add("culvert-before-upgrade.backup");
        names.Add("culvert-20261231T235957Z.backup.partial");
        names.ForEach(name => File.WriteAllText(Path.Combine(folder, name), ""));

        BackupCommand.RemoveOldest(folder, keep: 2).Count.ShouldBe(2);

        names[0].ShouldBe("culvert-20261231T235958Z.backup");
        Directory
            .GetFiles(folder)
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe([names[5], names[2], names[3], names[4]]);
    }

    [Fact]
    public void RemoveOldest_FewFiles_RemovesNone()
    {
        File.WriteAllText(Path.Combine(folder, BackupCommand.NameAt(DateTimeOffset.UnixEpoch)), "");

        BackupCommand.RemoveOldest(folder, keep: 14).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
