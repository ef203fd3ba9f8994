using Culvert.Ca.Keys.Pkcs11;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs11;

/// <summary>What a call's fate says: hung in the HSM, refused by it, or never begun.</summary>
public sealed class Pkcs11WorkersTests : IDisposable
{
    private readonly TaskCompletionSource released = new();
    private readonly SemaphoreSlim hanging = new(0);
    private readonly Pkcs11Workers workers;

    // How long a caller waits.
    private Func<TimeSpan> limit = () => Eventually.Limit;

    public Pkcs11WorkersTests() => workers = new Pkcs11Workers(() => limit());

    public void Dispose() => hanging.Dispose();

    [Fact]
    public async Task Run_AnotherCallTriesTheHsm_IsNotBegunAndNotLate()
    {
        limit = UntilItHangs;
        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang)).IsLate.ShouldBeTrue();
        using var isOver = new ManualResetEventSlim();
        limit = () =>
        {
            isOver.Wait(Eventually.Limit);
            return TimeSpan.Zero;
        };
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

        isOver.Set();
        await trying;
        released.SetResult();
    }

    [Fact]
    public async Task Run_HsmAnswersWithAnError_IsNoLongerSuspect()
    {
        limit = UntilItHangs;
        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang));
        limit = () => Eventually.Limit;
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
    public void Run_WorkWithALimitOfItsOwn_IsWaitedForThatLong()
    {
        limit = UntilItHangs;

        workers
            .Run(
                Hang,
                () =>
                {
                    released.SetResult();
                    return Eventually.Limit;
                }
            )
            .ShouldBeTrue();
    }

    [Fact]
    public void Run_HsmIsSuspect_LongerWorkIsWaitedForNoLongerThanOthers()
    {
        limit = UntilItHangs;
        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang));

        Should.Throw<Pkcs11Exception>(() => workers.Run(Hang, () => Eventually.Limit)).IsLate.ShouldBeTrue();

        released.SetResult();
    }

    [Fact]
    public async Task IsStuck_EveryThreadHangs_UntilOneCallComesBack()
    {
        limit = UntilItHangs;
        for (var thread = 0; thread < 8; thread++)
        {
            workers.IsStuck.ShouldBeFalse();
            Should.Throw<Pkcs11Exception>(() => workers.Run(Hang));
        }

        workers.IsStuck.ShouldBeTrue();

        released.SetResult();
        await Eventually.UntilAsync(() => !workers.IsStuck, TestContext.Current.CancellationToken);
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

    private TimeSpan UntilItHangs()
    {
        hanging.Wait(Eventually.Limit).ShouldBeTrue();
        return TimeSpan.Zero;
    }

    private bool Hang(Pkcs11Call call)
    {
        hanging.Release();
        released.Task.Wait();
        return !call.IsAbandoned;
    }
}
