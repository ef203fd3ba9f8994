using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.People;

/// <param name="Count">How many there are now; another change until the commit is not counted.</param>
/// <param name="Statements">End them, and any that are added until the commit.</param>
internal sealed record OffBoardingEffect(int Count, IReadOnlyList<Statement> Statements);
