using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

public sealed class AuthorityTransitionsTests
{
    private static readonly AuthorityState[] States = Enum.GetValues<AuthorityState>();
    private static readonly AuthorityCommand[] Commands = Enum.GetValues<AuthorityCommand>();

    [Fact]
    public void Table_EveryStateAndCommand_LeadsToOnePlaceAtMost()
    {
        AuthorityTransitions
            .Table.DistinctBy(entry => (entry.From, entry.Command))
            .Count()
            .ShouldBe(AuthorityTransitions.Table.Count);
        AuthorityTransitions
            .Table.DistinctBy(entry => (entry.From, entry.To))
            .Count()
            .ShouldBe(AuthorityTransitions.Table.Count);
        Commands.ShouldAllBe(command => AuthorityTransitions.Table.Any(entry => entry.Command == command));
    }

    [Fact]
    public void Table_EveryState_CanBeReachedAndTheEndIsDeleted()
    {
        HashSet<AuthorityState> reached = [AuthorityState.Draft];
        int known;
        do
        {
            known = reached.Count;
            reached.UnionWith(
                AuthorityTransitions
                    .Table.Where(entry => reached.Contains(entry.From))
                    .Select(entry => entry.To)
                    .OfType<AuthorityState>()
                    .ToList()
            );
        } while (reached.Count > known);

        reached.ShouldBe(States, ignoreOrder: true);
        States.ShouldAllBe(state => Reaches(state, AuthorityState.Deleted));
    }

    // Trust is given in one way only, and never comes back once the key is in doubt.
    [Fact]
    public void Table_TrustedStates_AreEnteredByStagingAloneAndTaintIsFinal()
    {
        AuthorityTransitions
            .Table.Where(entry =>
                !AuthorityStates.IsTrusted(entry.From) && entry.To is { } to && AuthorityStates.IsTrusted(to)
            )
            .Select(entry => entry.Command)
            .ShouldBe([AuthorityCommand.Stage]);
        AuthorityTransitions
            .Table.Where(entry => entry.From == AuthorityState.Tainted)
            .Select(entry => entry.To)
            .ShouldBe([AuthorityState.Retired, AuthorityState.Expired], ignoreOrder: true);
    }

    [Fact]
    public void Table_DeletedOnes_AreNeverTrusted() =>
        AuthorityTransitions
            .Table.Where(entry => entry.To == AuthorityState.Deleted)
            .ShouldAllBe(entry => !AuthorityStates.IsTrusted(entry.From));

    [Theory]
    [InlineData(AuthorityCommand.Activate, AuthorityGuards.Acknowledged)]
    [InlineData(AuthorityCommand.Retire, AuthorityGuards.NotTheLast)]
    [InlineData(AuthorityCommand.Stage, AuthorityGuards.SlotFree)]
    [InlineData(AuthorityCommand.Resume, AuthorityGuards.NoOtherActive)]
    [InlineData(AuthorityCommand.Upload, AuthorityGuards.RegistrationLives)]
    [InlineData(AuthorityCommand.Restore, AuthorityGuards.Restorable)]
    public void Table_Command_IsAlwaysGuarded(object command, object guard) =>
        AuthorityTransitions
            .Table.Where(entry => entry.Command == (AuthorityCommand)command)
            .ShouldAllBe(entry => entry.Guards.HasFlag((AuthorityGuards)guard));

    [Fact]
    public void IsDone_NeverHidesATransition() =>
        AuthorityTransitions
            .Table.Where(entry => AuthorityTransitions.IsDone(entry.From, entry.Command))
            .ShouldBeEmpty();

    [Fact]
    public void Names_EveryState_ReadsBack() =>
        States.ShouldAllBe(state => WireNames.Parse<AuthorityState>(WireNames.Get(state)) == state);

    private static bool Reaches(AuthorityState from, AuthorityState target)
    {
        HashSet<AuthorityState> reached = [from];
        int known;
        do
        {
            known = reached.Count;
            reached.UnionWith(
                AuthorityTransitions
                    .Table.Where(entry => reached.Contains(entry.From))
                    .Select(entry => entry.To)
                    .OfType<AuthorityState>()
                    .ToList()
            );
        } while (reached.Count > known);

        return reached.Contains(target);
    }
}
