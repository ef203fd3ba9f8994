using System.Diagnostics;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Secrets;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Sealing;

public sealed class SealerTests
{
    private static readonly string Text = SealingKeys.NewText();

    private readonly Sealer sealer = new(SealingKeys.Parse(Text), "inst_1");

    [Fact]
    public void Unseal_SamePlace_GivesThePlaintextBack() =>
        sealer.Unseal("t", "1", "c", sealer.Seal("t", "1", "c", [1, 2, 3])).ShouldBe([1, 2, 3]);

    [Fact]
    public void DeriveKey_AnotherPurposeObjectOrInstallation_IsAnotherKey()
    {
        var key = sealer.DeriveKey("p", "1");

        key.Length.ShouldBe(32);
        sealer.DeriveKey("p", "1").ShouldBe(key);
        sealer.DeriveKey("q", "1").ShouldNotBe(key);
        sealer.DeriveKey("p", "2").ShouldNotBe(key);
        new Sealer(SealingKeys.Parse(Text), "inst_2").DeriveKey("p", "1").ShouldNotBe(key);
    }

    [Fact]
    public void DeriveKey_NewerSealingKeyIsAdded_StaysUntilTheOldestIsTakenAway()
    {
        var (older, newer) = (Text, SealingKeys.NewText().Replace("1:", "2:", StringComparison.Ordinal));
        var key = sealer.DeriveKey("p", "1");

        new Sealer(SealingKeys.Parse(older + newer), "inst_1").DeriveKey("p", "1").ShouldBe(key);
        new Sealer(SealingKeys.Parse(newer), "inst_1").DeriveKey("p", "1").ShouldNotBe(key);
    }

    [Theory]
    [InlineData("u", "1", "c")]
    [InlineData("t", "2", "c")]
    [InlineData("t", "1", "d")]
    public void Unseal_MovedValue_DoesNotOpen(string table, string row, string column)
    {
        var value = sealer.Seal("t", "1", "c", [1, 2, 3]);

        Should.Throw<StoreException>(() => sealer.Unseal(table, row, column, value));
    }

    [Fact]
    public void Unseal_OtherInstallation_DoesNotOpen()
    {
        var value = new Sealer(SealingKeys.Parse(Text), "inst_2").Seal("t", "1", "c", [1]);

        Should.Throw<StoreException>(() => sealer.Unseal("t", "1", "c", value));
    }

    [Fact]
    public void Unseal_OlderKeyVersionStillListed_Opens()
    {
        var value = sealer.Seal("t", "1", "c", [7]);
        var both = new Sealer(SealingKeys.Parse(Text + Text.Replace("1:", "2:", StringComparison.Ordinal)), "inst_1");

        both.Unseal("t", "1", "c", value).ShouldBe([7]);
        both.Seal("t", "1", "c", [7])[4].ShouldBe((byte)2);
    }

    [Fact] // the version is part of the place: not even with the same key does another one open it
    public void Unseal_KeyVersionAltered_DoesNotOpen()
    {
        var both = new Sealer(SealingKeys.Parse(Text + Text.Replace("1:", "2:", StringComparison.Ordinal)), "inst_1");
        var value = both.Seal("t", "1", "c", [7]);
        value[4].ShouldBe((byte)2);
        value[4] = 1;

        Should.Throw<StoreException>(() => both.Unseal("t", "1", "c", value));
    }

    [Fact]
    public void Unseal_AnyBytes_OpenOrAreRefused() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes => Should.Throw<StoreException>(() => sealer.Unseal("t", "1", "c", bytes)) is not null
            )
            .CheckSeeded();

    [Theory]
    [InlineData("")]
    [InlineData("1:short")]
    [InlineData("one:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Parse_MalformedKey_IsRefusedWithoutShowingIt(string text)
    {
        var fault = Should.Throw<StoreException>(() => SealingKeys.Parse(text));

        fault.Message.ShouldNotContain("AAAAAAAAAAAA");
    }

    // S19
    [Fact]
    public async Task Open_KeyOfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        using var store = new StoreUnderTest();
        var file = store.ServiceOptions.SealingKey.File!;
        using var chown = Process.Start("chown", ["65534", file]);
        await chown.WaitForExitAsync(TestContext.Current.CancellationToken);

        PosixFile.GetOwnerThroughLinks(file).ShouldBe(65534u);
        Should
            .Throw<StoreException>(() => Store.Open(store.ServiceOptions.StoreSettings, NullLogger.Instance))
            .Message.ShouldContain("another user");
        Should.Throw<StoreException>(() => SealingKeyFile.Read(file)).Message.ShouldContain("another user");
    }

    [Fact]
    public void Of_OwnFile_IsSelf()
    {
        var file = Path.GetTempFileName();
        try
        {
            PosixFile.GetOwnerThroughLinks(file).ShouldBe(PosixFile.Self);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Read_KeyOpenToOthers_IsRefused()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Text);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

            Should.Throw<StoreException>(() => SealingKeyFile.Read(file)).Message.ShouldContain("chmod 600");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
