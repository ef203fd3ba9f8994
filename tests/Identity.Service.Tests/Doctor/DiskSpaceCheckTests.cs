using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class DiskSpaceCheckTests : IDisposable
{
    private const long Reserve = 256 << 20;

    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(Reserve - 1, DoctorStatus.Fail)]
    [InlineData(Reserve, DoctorStatus.Warn)]
    [InlineData((4 * Reserve) - 1, DoctorStatus.Warn)]
    [InlineData(4 * Reserve, DoctorStatus.Pass)]
    public void Run_FreeSpace_IsComparedWithTheReserve(long free, DoctorStatus status) =>
        Run(WithStorage(new StorageOptions { DiskReserveBytes = Reserve }), _ => free).Status.ShouldBe(status);

    [Fact]
    public void Run_DiskThatCannotBeRead_Fails() =>
        Run(scene.Facts(), _ => throw new IOException("gone")).Summary.ShouldBe("gone");

    [Fact]
    public void Run_OnPostgres_IsSkipped() =>
        Run(WithStorage(new StorageOptions { Postgres = new PostgresOptions(() => "") }), _ => 0)
            .Status.ShouldBe(DoctorStatus.Skip);

    private ServiceFacts WithStorage(StorageOptions storage)
    {
        var facts = scene.Facts();
        return facts with { Options = facts.Options with { Storage = storage } };
    }

    private static DoctorFinding Run(ServiceFacts facts, Func<string, long> freeBytes) =>
        new DiskSpaceCheck(freeBytes).Run(facts);
}
