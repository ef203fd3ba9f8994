using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Commands;

public sealed class InitializerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-init-").FullName;

    private string KeyFile => Path.Combine(folder, "admin.key");

    [Fact]
    public async Task Run_Fresh_WritesAPrivateKeyAndNeverSaysIt()
    {
        var lines = await RunAsync();

        var key = (await File.ReadAllTextAsync(KeyFile, TestContext.Current.CancellationToken)).Trim();
        key.ShouldMatch("^clv_adm_[0-9A-Za-z_-]{43}$");
        File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string.Join('\n', lines).ShouldNotContain(key);
        var store = await File.ReadAllBytesAsync(
            Path.Combine(folder, "identity.db"),
            TestContext.Current.CancellationToken
        );
        System.Text.Encoding.Latin1.GetString(store).ShouldNotContain(key);
    }

    /// <summary>As a Secret of Kubernetes gives it: the operator has the key already, so it is written nowhere.</summary>
    [Fact]
    public async Task Run_GivenKey_CountsAndIsWrittenNowhere()
    {
        var given = AdminKey.NewSecret();

        var lines = await RunAsync(givenKey: given);

        File.Exists(KeyFile).ShouldBeFalse();
        string.Join('\n', lines).ShouldNotContain(given);
        using var store = Store.Open(Options().StoreSettings, NullLogger.Instance);
        using var connection = store.Database.OpenWrite();
        connection.QuerySingle<byte[]>("SELECT secret_hash FROM admin_keys").ShouldBe(Credentials.Hash(given));
    }

    [Theory]
    [InlineData("clv_adm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // a placeholder
    [InlineData("clv_adm_")]
    [InlineData("")]
    [InlineData("Zq3v8m1Yk0sT5uXw7cB2nL4dF6hJ9pR-_eGaViOoQxE")]
    public void IsSecret_NoKey_IsFalse(string text) => AdminKey.IsSecret(text).ShouldBeFalse();

    [Fact]
    public void IsSecret_Made_IsTrueAndOneCharacterLessOrMoreIsNot()
    {
        var key = AdminKey.NewSecret();

        AdminKey.IsSecret(key).ShouldBeTrue();
        AdminKey.IsSecret(key[..^1]).ShouldBeFalse();
        AdminKey.IsSecret(key + "A").ShouldBeFalse();
        AdminKey.IsSecret(key.Replace("clv_adm_", "clv_tun_")).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_Again_IsRefusedAndChangesNothing()
    {
        await RunAsync();
        var key = await File.ReadAllTextAsync(KeyFile, TestContext.Current.CancellationToken);
        File.Delete(KeyFile);

        await Should.ThrowAsync<StoreException>(RunAsync());

        File.Exists(KeyFile).ShouldBeFalse();
        key.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Run_KeyFileExists_IsRefused()
    {
        await File.WriteAllTextAsync(KeyFile, "precious", TestContext.Current.CancellationToken);

        await Should.ThrowAsync<StoreException>(RunAsync());

        (await File.ReadAllTextAsync(KeyFile, TestContext.Current.CancellationToken)).ShouldBe("precious");
    }

    [Fact]
    public async Task Run_StepFails_LeavesNothingAndCanBeRepeated()
    {
        await Should.ThrowAsync<InvalidTimeZoneException>(RunAsync(s => s.AddSingleton<IInitStep, FailingStep>()));
        Directory.GetFiles(folder).Select(Path.GetFileName).ShouldBe(["sealing.key"]);

        await RunAsync();

        File.Exists(KeyFile).ShouldBeTrue();
    }

    [Fact]
    public async Task Open_OtherSealingKey_IsRefused()
    {
        await RunAsync();
        File.Delete(Path.Combine(folder, "sealing.key"));
        Culvert.Identity.Service.Storage.Sealing.SealingKeyFile.Ensure(Path.Combine(folder, "sealing.key"));

        Should.Throw<StoreException>(() => Store.Open(Options().StoreSettings, NullLogger.Instance));
    }

    [Fact]
    public async Task Open_OtherPublicUrl_IsRefused()
    {
        await RunAsync();
        var renamed = Options() with { PublicUrl = "https://other.test:8443" };

        Should
            .Throw<StoreException>(() => Store.Open(renamed.StoreSettings, NullLogger.Instance))
            .Message.ShouldContain("fixed by init");
    }

    [Fact]
    public void Open_NothingThere_SaysWhatToDo() =>
        Should
            .Throw<StoreException>(() => Store.Open(Options().StoreSettings, NullLogger.Instance))
            .Message.ShouldContain("init");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ServiceOptions Options() => ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite);

    private Task<IReadOnlyList<string>> RunAsync(
        Action<IServiceCollection>? configure = null,
        string? givenKey = null
    ) =>
        Initializer.RunAsync(
            Options(),
            new InitContext("Example", KeyFile) { ReadAdminKey = givenKey is null ? null : () => givenKey },
            new FakeTimeProvider(),
            NullLoggerFactory.Instance,
            configure,
            TestContext.Current.CancellationToken
        );

    private Task<IReadOnlyList<string>> RunAsync() => RunAsync(null);

    private sealed class FailingStep : IInitStep
    {
        public Task RunAsync(InitContext context, CancellationToken cancellationToken) =>
            throw new InvalidTimeZoneException("scripted");
    }
}
