using Culvert.Ca.Keys.Pkcs11;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs11;

/// <summary>What a call's fate says: hung in the HSM, refused by it, or never begun.</summary>
public sealed class Pkcs11WorkersTests
{
    private readonly TaskCompletionSource released = new();
    private readonly Pkcs11Workers workers = new(() => TimeSpan.FromSeconds(3));

    [Fact]
    public async Task Run_AnotherCallTriesTheHsm_IsNotBegunAndNotLate()
    {
        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang)).IsLate.ShouldBeTrue();
        var begun = new TaskCompletionSource();
        Task trying = Task.Run(
            () =>
                Should.Throw<Pkcs11Exception>(() =>
                    workers.Run(call =>
                    {
                        begun.SetResult();
                        return Hang(call);
                    })
                ),
            TestContext.Current.CancellationToken
        );
        await begun.Task;

        Should.Throw<Pkcs11Exception>(() => workers.Run(_ => true)).IsLate.ShouldBeFalse();

        await trying;
        released.SetResult();
    }

    [Fact]
    public async Task Run_HsmAnswersWithAnError_IsNoLongerSuspect()
    {
        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang));
        Should.Throw<InvalidOperationException>(() => workers.Run<bool>(_ => throw new InvalidOperationException()));

        // Two at once: neither knows that the other tries.
        var begun = new TaskCompletionSource();
        Task<bool> first = Task.Run(
            () =>
                workers.Run(call =>
                {
                    begun.SetResult();
                    return Hang(call);
                }),
            TestContext.Current.CancellationToken
        );
        await begun.Task;

        workers.Run(_ => true).ShouldBeTrue();
        released.SetResult();
        (await first).ShouldBeTrue();
    }

    [Fact]
    public void IsStuck_EveryThreadHangs_UntilOneCallComesBack()
    {
        var hasty = new Pkcs11Workers(() => TimeSpan.FromMilliseconds(50));
        hasty.IsStuck.ShouldBeFalse();

        // One that a busy machine did not begin in time hangs nowhere.
        SpinWait
            .SpinUntil(
                () =>
                {
                    Should.Throw<Pkcs11Exception>(() => hasty.Run(Hang));
                    return hasty.IsStuck;
                },
                TimeSpan.FromMinutes(1)
            )
            .ShouldBeTrue();

        released.SetResult();
        SpinWait.SpinUntil(() => !hasty.IsStuck, TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [Fact]
    public async Task TryRunAlone_SomebodyIsInside_DoesNothing()
    {
        var begun = new TaskCompletionSource();
        Task<bool> inside = Task.Run(
            () =>
                workers.Run(call =>
                {
                    begun.SetResult();
                    return Hang(call);
                }),
            TestContext.Current.CancellationToken
        );
        await begun.Task;

        workers.TryRunAlone(() => throw new InvalidOperationException()).ShouldBeFalse();

        released.SetResult();
        await inside;
        bool ran = false;
        workers.TryRunAlone(() => ran = true).ShouldBeTrue();
        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task TryRunAlone_WhileItRuns_OthersWait()
    {
        var begun = new TaskCompletionSource();
        Task<bool> alone = Task.Run(
            () =>
                workers.TryRunAlone(() =>
                {
                    begun.SetResult();
                    released.Task.Wait();
                }),
            TestContext.Current.CancellationToken
        );
        await begun.Task;

        Task<bool> other = Task.Run(
            () => workers.Run(_ => alone.IsCompleted || released.Task.IsCompleted),
            TestContext.Current.CancellationToken
        );
        released.SetResult();

        (await other).ShouldBeTrue();
        (await alone).ShouldBeTrue();
    }

    private bool Hang(Pkcs11Call call)
    {
        released.Task.Wait();
        return !call.IsAbandoned;
    }
}
