using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Jobs;

internal static class JobsRegistration
{
    public static IServiceCollection AddJobs(this IServiceCollection services) =>
        services
            .AddSingleton<JobPauseStore>()
            .AddSingleton<JobEndpoints>()
            .AddSingleton<JobScheduler>()
            .AddHostedService(provider => provider.GetRequiredService<JobScheduler>());

    public static void MapJobs(this ApiHost host)
    {
        var jobs = host.Services.GetRequiredService<JobEndpoints>();
        host.Map(JobOperations.List, jobs.ListAsync);
        host.Map(JobOperations.Run, jobs.RunAsync);
        host.Map(JobOperations.Pause, jobs.PauseAsync);
        host.Map(JobOperations.Resume, jobs.ResumeAsync);
    }
}
