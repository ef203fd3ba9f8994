namespace Culvert.Identity.Service.People;

/// <summary>What ends with a person's access besides their tokens. Each capability registers its own.</summary>
internal interface IOffBoardingEffect
{
    /// <summary>The member of the event's <c>effects</c>, such as <c>refresh_grants</c>.</summary>
    string Name { get; }

    ValueTask<OffBoardingEffect> PrepareAsync(OffBoardingScope scope, CancellationToken cancellationToken);
}
