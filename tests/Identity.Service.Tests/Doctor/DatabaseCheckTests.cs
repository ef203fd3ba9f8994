using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class DatabaseCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_OfThisVersion_PassesAndNamesTheVersionOfSqlite()
    {
        var finding = Run(new StoreState());

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Summary.ShouldStartWith($"SQLite {SqliteDatabase.LibraryVersion} reads the database");
    }

    [Fact]
    public void Run_NotReached_FailsWithTheReason() =>
        Run(new StoreState { Error = "connection refused" }).Summary.ShouldBe("connection refused");

    [Fact]
    public void Run_MigrationsMissing_NamesThemAndTheCommand()
    {
        var finding = Run(new StoreState { Pending = ["0999_x"] });

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Evidence.ShouldBe(["0999_x"]);
        finding.Next.ShouldBe(["identity-service migrate"]);
    }

    private DoctorFinding Run(StoreState store) => new DatabaseCheck().Run(scene.Facts() with { Store = store });
}
