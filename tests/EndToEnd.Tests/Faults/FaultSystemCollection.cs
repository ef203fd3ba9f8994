using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

[CollectionDefinition(Name)]
public sealed class FaultSystemCollection : ICollectionFixture<FaultSystem>
{
    public const string Name = "fault system";
}
